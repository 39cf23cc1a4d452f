load '../course/style.gp'
set multiplot layout 1, 2
set xrange [0:1]
set xtics 0, 0.5, 1
set xlabel 'x'
set key left top
set yrange [-4:4]
plot 'logit.dat' using 1:2 with lines ls 1 title 'logit(x)'
set yrange [0:30]
set key center top
plot 'logit.dat' using 1:4 with lines ls 5 title 'slope, first try', \
     '' using 1:3 with lines ls 3 title 'slope, right', \
     '' using 1:5 with points lc rgb grey pt 6 ps 0.6 title 'numeric'
unset multiplot
