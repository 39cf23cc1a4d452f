load '../course/style.gp'
# The lines of equal height of the bowl, and the gradient at some points.
set contour base
unset surface
set cntrparam levels discrete 1, 4, 7, 12, 18
set table $contours
splot 'bowl.dat' nonuniform matrix
unset table
set size ratio -1
set xrange [-4:4]
set yrange [-2:2]
set xlabel 'x'
set ylabel 'y'
set key outside bottom center horizontal
unset grid
plot $contours with lines lc rgb grey lw 1 title 'f = 1, 4, 7, 12, 18', \
     'arrows.dat' using 1:2:3:4 with vectors filled ls 2 title 'gradient (a tenth)', \
     '' using 1:2:(-$3):(-$4) with vectors filled ls 1 title 'against it', \
     '' using 1:2 with points pt 7 ps 0.6 lc rgb grey
