load '../course/style.gp'
set terminal svg size 640,520
# The landscape of lesson 5, and where Newton's method goes from three starts.
set contour base
unset surface
set cntrparam levels discrete -0.4, -0.3, -0.2, -0.1, -0.03
set table $low
splot 'landscape.dat' nonuniform matrix
unset table
set cntrparam levels discrete 0.03, 0.1, 0.2, 0.3, 0.4
set table $high
splot 'landscape.dat' nonuniform matrix
unset table
set size ratio -1
set xrange [-2:2]
set yrange [-2:2]
set xlabel 'x'
set ylabel 'y'
set key outside right top
unset grid
plot $low with lines lc rgb blue lw 0.8 title 'f below 0', \
     $high with lines lc rgb orange lw 0.8 title 'f above 0', \
     'landscape_paths.dat' index 0 with linespoints ls 3 title 'to a hollow', \
     '' index 1 with linespoints ls 5 title 'to a hilltop', \
     '' index 2 with linespoints ls 4 title 'to a saddle', \
     '' every 10::0 with points pt 7 ps 0.8 lc rgb grey title 'starts'
