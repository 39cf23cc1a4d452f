load '../course/style.gp'
# The ways of w and b downhill, over contours of the cost.
set terminal svg size 1000,290 font 'sans-serif,14'
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
set multiplot layout 1,4
set ylabel 'b'
do for [way in '60-0.1 10-0.1 1-0.1 1-0.01'] {
  set title (way eq '60-0.1' ? 'all 60 points' : way eq '10-0.1' ? '10 points' : way eq '1-0.1' ? 'one point' : 'one point, rate 0.01')
  if (way[1:2] eq '1-') {
    plot $contours using 1:2 with lines ls 6 lw 0.7, 'paths-'.way.'.dat' using 1:2 with lines ls 5 lw 0.5
  } else {
    plot $contours using 1:2 with lines ls 6 lw 0.7, \
         'paths-'.way.'.dat' using 1:2 with linespoints ls 5 lw 1.4 ps 0.4 pt 7
  }
}
unset multiplot
