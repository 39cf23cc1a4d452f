load '../course/style.gp'
# Test digits that are right, after each epoch.
set terminal svg size 640,320 font 'sans-serif,14'
set xlabel 'epochs'
set ylabel 'right of 2000'
set xrange [0.5:15.5]
set yrange [0:2000]
set key bottom right
plot 'race.dat' using 1:2 with linespoints ls 1 title 'quadratic cost', \
     '' using 1:3 with linespoints ls 5 title 'cross-entropy'
