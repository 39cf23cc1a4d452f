load '../course/style.gp'
set size ratio -1
set xrange [-1:4]
set yrange [-1:4]
set xlabel 'x1'
set ylabel 'x2'
set key outside right top
set arrow from 0, 0 to 4, 4 nohead dt 2 lc rgb grey
set label 1 '(1, 2)' at 1.1, 2.15 tc rgb grey
set label 3 '(1, 1)' at 1.1, 0.85 tc rgb grey
set label 2 '(3, 3)' at 3.12, 2.82 tc rgb grey
plot 'lines.dat' index 0 with lines ls 1 title 'bias 0', \
     '' index 1 with lines ls 2 title 'bias −2', \
     '' index 2 with lines ls 3 title 'bias −6', \
     'points.dat' with points ls 4 pt 7 ps 0.8 notitle
