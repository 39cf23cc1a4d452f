load '../course/style.gp'
set terminal svg size 760,400
set xrange [0:400]
set yrange [0.07:2.6]
set logscale y
set ytics (0.1, 0.2, 0.5, 1, 2)
set xlabel 'step'
names = 'constant step exponential cosine warm-up'
styles = '6 2 3 1 15'
set multiplot layout 1, 2
set title 'loss with rate 0.1'
plot for [i = 1:5] 'digits.dat' index 0 using 1:(column(i + 1)) with lines ls int(word(styles, i)) title word(names, i)
set title 'loss with rate 0.3'
unset key
plot for [i = 1:5] 'digits.dat' index 1 using 1:(column(i + 1)) with lines ls int(word(styles, i))
unset multiplot
