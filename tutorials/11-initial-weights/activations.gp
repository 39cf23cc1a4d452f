load '../course/style.gp'
set logscale y
set format y '10^{%T}'
set yrange [1e-7:1e7]
set xrange [0:21]
set xlabel 'layer'
set ylabel 'variance of the sums z'
set key left top horizontal maxcols 2
set label 1 'lines: predicted, points: measured' at 0.5, 4e-7 left tc rgb '#808080'
plot 'layers.dat' index 3 using 1:2 with lines lt 1 title 'tanh, 1', \
     '' index 3 using 1:3 with points lt 1 pt 7 ps 0.6 notitle, \
     '' index 4 using 1:2 with lines lt 2 title 'tanh, 1/n', \
     '' index 4 using 1:3 with points lt 2 pt 7 ps 0.6 notitle, \
     '' index 5 using 1:2 with lines lt 3 title 'ReLU, 1/n', \
     '' index 5 using 1:3 with points lt 3 pt 7 ps 0.6 notitle, \
     '' index 6 using 1:2 with lines lt 4 title 'ReLU, 2/n', \
     '' index 6 using 1:3 with points lt 4 pt 7 ps 0.6 notitle
