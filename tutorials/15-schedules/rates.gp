load '../course/style.gp'
set terminal svg size 760,400
set xrange [0:200]
names = 'constant step exponential cosine warm-up'
styles = '6 2 3 1 15'
set multiplot layout 1, 2
set xlabel 'step'
set title 'rate'
set yrange [0:0.55]
set key at graph 1, 0.93 top right
plot for [i = 1:4] 'rates.dat' using 1:(column(i + 1)) with lines ls int(word(styles, i)) title word(names, i), \
     '' using 1:6 with lines ls 15 title 'warm-up, cosine'
set title 'mean of w²'
set logscale y
set yrange [0.01:1]
unset key
plot for [i = 1:5] 'noise.dat' using 1:(column(i + 1)) with lines ls int(word(styles, i))
unset multiplot
