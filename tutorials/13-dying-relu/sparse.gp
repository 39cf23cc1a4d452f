load '../course/style.gp'
set multiplot layout 1, 3
set style fill solid 0.7 noborder
set boxwidth 0.045
set xrange [-0.02:1.02]
set yrange [0:30]
set xtics 0, 0.5, 1
set xlabel 'on for this share'
set ylabel 'neurons of 200'
do for [layer = 1:3] {
  set title sprintf('layer %d', layer)
  plot 'sparse.dat' index layer - 1 with boxes ls layer
  unset ylabel
}
unset multiplot
