load '../course/style.gp'
# The ways of w and b downhill, over contours of the cost.
set terminal svg size 900,330 font 'sans-serif,14'
set contour base
unset surface
set cntrparam levels discrete 0.7, 0.85, 1.2, 1.8, 2.6, 3.6, 5, 7
set table $contours
splot 'paths-map.dat' with lines
unset table
set xrange [-1.5:3]
set yrange [-2.5:2]
set xtics 1
set ytics 1
set xlabel 'w'
unset grid
set multiplot layout 1,3
do for [size in '60 10 1'] {
  set title (size eq '60' ? 'all 60 points a step' : size eq '10' ? '10 points a step' : 'one point a step')
  if (size eq '60') { set ylabel 'b' } else { unset ylabel }
  if (size eq '1') {
    plot $contours using 1:2 with lines ls 6 lw 0.7, 'paths-1.dat' using 1:2 with lines ls 5 lw 0.5
  } else {
    plot $contours using 1:2 with lines ls 6 lw 0.7, \
         'paths-'.size.'.dat' using 1:2 with linespoints ls 5 lw 1.4 ps 0.5 pt 7
  }
}
unset multiplot
