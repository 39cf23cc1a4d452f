load '../course/style.gp'
set terminal svg size 760,520
# Fifteen steps from (3, 1) with four rates.
set contour base
unset surface
set cntrparam levels discrete 0.5, 2, 5, 12, 20
set table $contours
splot 'bowl.dat' nonuniform matrix
unset table
set multiplot layout 2, 2
set xrange [-4:4]
set yrange [-2:2]
set xtics 2
set ytics 1
unset key
unset grid
titles = "'0.01: too small' '0.25: the best' '0.32: almost too large' '0.34: too large'"
do for [i = 0:3] {
  set title 'rate '.word(titles, i + 1)
  plot $contours with lines lc rgb grey lw 0.7, 'paths.dat' index i with linespoints ls 1
}
unset multiplot
