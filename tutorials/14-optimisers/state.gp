load '../course/style.gp'
set terminal svg size 760,400
set multiplot layout 1, 2
set xlabel 'step'
set xrange [0:60]
set key top right
set title 'for x, along the valley'
plot 'state.dat' using 1:2 with lines ls 2 title 'm', '' using 1:3 with lines ls 1 title '√v', \
     '' using 1:($2 / $3) with lines ls 13 title 'm / √v'
set title 'for y, across it'
plot 'state.dat' using 1:4 with lines ls 2 title 'm', '' using 1:5 with lines ls 1 title '√v', \
     '' using 1:($4 / $5) with lines ls 13 title 'm / √v'
unset multiplot
