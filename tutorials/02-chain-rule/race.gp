load '../course/style.gp'
set logscale y
set xlabel 'layers'
set ylabel 'multiplications'
set format y '10^{%T}'
set key left top
plot 'race.dat' using 1:2 with linespoints ls 2 pt 7 ps 0.6 title 'path by path', \
     '' using 1:3 with linespoints ls 1 pt 7 ps 0.6 title 'backward, layer by layer'
