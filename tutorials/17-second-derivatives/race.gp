load '../course/style.gp'
set logscale xy
set format y '10^{%T}'
set xlabel 'step'
set ylabel 'distance from the lowest point'
set key top right
plot 'distances.dat' index 1 with lines ls 2 title 'gradient descent', \
     '' index 0 with linespoints ls 1 title 'Newton'
