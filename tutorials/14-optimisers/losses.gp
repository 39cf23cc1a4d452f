load '../course/style.gp'
set xrange [0:100]
set yrange [0.3:2.6]
set logscale y
set ytics (0.3, 0.5, 1, 2)
set xlabel 'batch of 100 digits'
set ylabel 'loss, mean of ten batches'
set key outside right top
names = 'sgd momentum nesterov adagrad adadelta rmsprop adam adamax nadam'
styles = '6 2 12 3 13 5 1 11 4'
plot for [i = 1:9] 'digits.dat' using 1:(column(i + 1)) with lines ls int(word(styles, i)) title word(names, i)
