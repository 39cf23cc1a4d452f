load '../course/style.gp'
set xlabel 'x'
set ylabel 'what the network says'
set key bottom center horizontal
set yrange [-6:4]
plot 'collapse.dat' using 1:2 with lines ls 6 title 'identity', \
     '' using 1:3 with lines ls 1 title 'ReLU', \
     '' using 1:4 with lines ls 2 title 'tanh'
