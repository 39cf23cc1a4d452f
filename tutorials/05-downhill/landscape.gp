load '../course/style.gp'
set terminal svg size 640,520
# Two hollows, two hills, and ways from several starts.
set contour base
unset surface
set cntrparam levels discrete -0.4, -0.3, -0.25, -0.2, -0.1, -0.03
set table $low
splot 'landscape.dat' nonuniform matrix
unset table
set cntrparam levels discrete 0.03, 0.1, 0.2, 0.25, 0.3, 0.4
set table $high
splot 'landscape.dat' nonuniform matrix
unset table
set size ratio -1
set xrange [-2.5:2.5]
set yrange [-2.5:2.5]
set xlabel 'x'
set ylabel 'y'
set key outside right top
unset grid
plot $low with lines lc rgb blue lw 0.8 title 'f below 0', \
     $high with lines lc rgb orange lw 0.8 title 'f above 0', \
     for [i = 0:3] 'hollows.dat' index i with lines lc rgb green lw 3 title i == 0 ? 'downhill' : '', \
     'hollows.dat' index 4 with lines lc rgb red lw 3 title 'uphill', \
     'hollows.dat' every 40::0 with points pt 7 ps 0.8 lc rgb grey title 'starts'
