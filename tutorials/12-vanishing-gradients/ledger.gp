load '../course/style.gp'
set logscale y
set format y '10^{%T}'
set yrange [1e-34:1e6]
set xrange [0:51]
set xlabel 'layer of 50'
set ylabel 'norm of the gradient dL/dW'
set key right bottom
plot 'ledger.dat' index 2 using 1:2 with linespoints ls 3 title 'ReLU', \
     '' index 1 using 1:2 with linespoints ls 2 title 'tanh', \
     '' index 0 using 1:2 with linespoints ls 1 title 'sigmoid'
