load '../course/style.gp'
set logscale y
set xlabel 'doublings'
set ylabel 'visits'
set format y '10^{%T}'
set key left top
plot 'race.dat' using 1:2 with linespoints ls 2 title 'recursion, share by share', \
     '' using 1:3 with linespoints ls 1 title 'in the order of the tape'
