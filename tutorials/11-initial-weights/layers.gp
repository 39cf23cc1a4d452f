load '../course/style.gp'
set logscale y
set format y '10^{%T}'
set yrange [1e-30:1e60]
set xrange [0:21]
set xlabel 'layer'
set ylabel 'variance of the sums z'
set key left top
set label 1 'lines: predicted, points: measured' at 0.5, 1e-27 left tc rgb '#808080'
plot 'layers.dat' index 0 using 1:2 with lines lt 1 title 'no activation, variance 1', \
     '' index 0 using 1:3 with points lt 1 pt 7 ps 0.6 notitle, \
     '' index 2 using 1:2 with lines lt 2 title 'no activation, variance 1/n', \
     '' index 2 using 1:3 with points lt 2 pt 7 ps 0.6 notitle, \
     '' index 1 using 1:2 with lines lt 3 title 'no activation, variance 0.0001', \
     '' index 1 using 1:3 with points lt 3 pt 7 ps 0.6 notitle
