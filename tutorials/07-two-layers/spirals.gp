load '../course/style.gp'
# The answer of the network at each point, after three numbers of steps, and the points that it learns from.
set terminal svg size 900,320 font 'sans-serif,14'
set size ratio -1
set xrange [-1:1]
set yrange [-1:1]
set cbrange [0:1]
set palette defined (0 '#9cc9ea', 0.5 '#f4f4f4', 1 '#ecc98a')
unset grid
unset colorbox
unset tics
set key off
set multiplot layout 1,3
do for [steps in '20 400 8000'] {
  set title steps.' steps'
  plot 'spirals-'.steps.'.dat' matrix using ($1 / 30 - 1):($2 / 30 - 1):3 with image, \
       'spirals-points.dat' using 1:2:($3 == 1 ? 0xd55e00 : 0x0072b2) with points pt 7 ps 0.4 lc rgb variable
}
unset multiplot
