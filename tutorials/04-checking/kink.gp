load '../course/style.gp'
set xrange [-1.2:1.5]
set yrange [-0.1:1.5]
set xlabel 'x'
set key left top
plot 'kink.dat' index 0 with lines ls 1 lw 3 title 'relu', \
     '' index 1 with linespoints ls 15 title 'central difference at 0, h = 1', \
     '' index 2 with linespoints ls 12 title 'central difference at 0.4, h = 1'
