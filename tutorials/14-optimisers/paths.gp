load '../course/style.gp'
set terminal svg size 760,680
# Sixty steps in the turned valley, each rule with its best rate.
f(x, y) = ((x - y)**2 / 2 + 50 * (x + y)**2 / 2) / 2
set xrange [-4.2:1.8]
set yrange [-1.8:4.2]
set isosamples 121, 121
set contour base
unset surface
set cntrparam levels discrete 1, 5, 15, 40, 100
set table $contours
splot f(x, y)
unset table
set multiplot layout 3, 3 margins 0.04, 0.99, 0.05, 0.95 spacing 0.03, 0.07
set size square
set xtics 2
set ytics 2
unset key
unset grid
do for [i = 0:8] {
  set title word('sgd momentum nesterov adagrad adadelta rmsprop adam adamax nadam', i + 1) offset 0, -0.6
  plot $contours with lines lc rgb grey lw 0.7, 'paths.dat' index i using 3:4 with linespoints ls 1 lw 1.5 ps 0.35
}
unset multiplot
