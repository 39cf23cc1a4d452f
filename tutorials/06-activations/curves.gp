load '../course/style.gp'
set terminal svg size 760,860 font 'sans-serif,12'
# Each activation and its slope. Columns of activations.dat: x, then f and slope of each in turn.
names = "step identity sigmoid tanh ReLU 'leaky ReLU, 0.1' 'learned slope, 0.25' ELU swish GELU"
set multiplot layout 4, 3
set xrange [-4:4]
set yrange [-1.6:2.6]
set xtics 2
set ytics 1
unset key
do for [i = 1:10] {
  set title word(names, i)
  plot 'activations.dat' using 1:(column(2 * i)) with lines ls 1, \
       '' using 1:(column(2 * i + 1)) with lines ls 14
}
set title 'softmax of (x, 0, 1)'
set yrange [0:1]
set ytics 0.5
plot for [i = 2:4] 'softmax.dat' using 1:i with lines ls i + (i == 4)
unset title
unset border
unset tics
unset grid
set key center center
set yrange [-1.6:2.6]
plot NaN with lines ls 1 title 'f(x)', NaN with lines ls 14 title 'its slope', \
     NaN with lines ls 2 title 'share of x', NaN with lines ls 3 title 'share of 0', \
     NaN with lines ls 5 title 'share of 1'
unset multiplot
