load '../course/style.gp'
set xrange [0:0.85]
set yrange [-0.85:1.1]
set xlabel 'numeric derivative'
set ylabel 'derivative by the rule'
set key outside right top
plot 'clouds.dat' index 0 using 2:3 with points ls 3 pt 7 ps 0.5 title 'right', \
     '' index 1 using 2:3 with points ls 5 pt 7 ps 0.5 title 'negated', \
     '' index 2 using 2:3 with points ls 1 pt 7 ps 0.5 title 'halved', \
     '' index 3 using 2:3 with points ls 2 pt 7 ps 0.5 title 'no square', \
     '' index 4 using 2:3 with points ls 4 pt 7 ps 0.5 title 'x for y', \
     '' index 5 using 2:3 with points ls 6 pt 7 ps 0.5 title 'no dy'
