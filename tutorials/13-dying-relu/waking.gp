load '../course/style.gp'
set xlabel 'step'
set ylabel 'silent neurons of 100'
set xrange [0:600]
set yrange [0:105]
set key left bottom
plot 'waking.dat' index 0 using 1:2 with lines ls 5 lw 3 title 'ReLU', \
     '' index 1 using 1:2 with lines ls 16 lw 3 title 'leaky, slope 0.01', \
     '' index 2 using 1:2 with linespoints ls 1 title 'leaky, slope 0.1', \
     '' index 3 using 1:2 with linespoints ls 3 title 'learned slope'
