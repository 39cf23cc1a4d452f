load '../course/style.gp'
set logscale xy
set format x '10^{%T}'
set format y '10^{%T}'
set xtics 1e-15, 100, 1
set xlabel 'step h'
set ylabel 'relative error'
set yrange [1e-13:2]
set key top center
plot 'curve.dat' using 1:4 with lines ls 12 lw 1, \
     '' using 1:5 with lines ls 11 lw 1, \
     '' using 1:6 with lines ls 16 lw 1 title 'round-off, by the formula', \
     '' using 1:2 with linespoints ls 2 lw 1 title 'forward', \
     '' using 1:3 with linespoints ls 1 lw 1 title 'central'
