load '../course/style.gp'
set logscale xy
set format y '10^{%T}'
set xlabel 'numbers that f depends on'
set ylabel 'operations'
set key top left
plot 'cost.dat' using 1:6 with linespoints ls 6 title 'solving H s = g', \
     '' using 1:5 with linespoints ls 5 title 'H, all of it', \
     '' using 1:4 with linespoints ls 3 title 'H times a vector', \
     '' using 1:3 with linespoints ls 2 title 'gradient', \
     '' using 1:2 with linespoints ls 1 title 'f'
