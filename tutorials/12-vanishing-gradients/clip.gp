load '../course/style.gp'
set xrange [0.79:1.29]
set yrange [0.79:1.29]
set xtics 0.1
set ytics 0.1
unset grid
set size square
set xlabel 'u'
set ylabel 'v'
set cblabel 'loss'
set cbrange [-4:4]
set cbtics ('0.0001' -4, '0.01' -2, '1' 0, '100' 2, '10,000' 4)
set label 1 'start' at 1.215, 1.1 front tc rgb '#12304a'
set label 2 'with clipping' at 1.13, 1.0 front tc rgb '#12304a'
set label 3 'without' at 0.96, 0.815 front tc rgb '#12304a'
plot 'clip.dat' index 0 using 1:2:3 with image, \
     '' index 1 using 1:2 with lines lc rgb red lw 3, \
     '' index 2 using 1:2 with linespoints lc rgb '#ffffff' lw 1.5 pt 7 ps 0.4
