load '../course/style.gp'
set terminal svg size 640,520
# A curved valley, and two ways to its lowest point.
set contour base
unset surface
set cntrparam levels discrete 0.5, 2, 5, 10, 20, 40
set table $contours
splot 'valley.dat' nonuniform matrix
unset table
set xrange [-1.5:1.5]
set yrange [-1.5:2]
set xlabel 'x'
set ylabel 'y'
set key outside bottom center vertical maxrows 3
unset grid
plot $contours with lines lc rgb grey lw 0.8 title "f = 0.5, 2, 5, 10, 20, 40", \
     'paths.dat' index 1 with lines ls 2 lw 3 title 'gradient descent', \
     '' index 0 with linespoints ls 1 title 'Newton'
