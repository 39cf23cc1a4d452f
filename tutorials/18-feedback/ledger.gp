load '../course/style.gp'
set terminal svg size 760,450
set logscale y
set format y '10^{%T}'
set multiplot layout 1, 2
set title 'before training, up to 50 steps back in time'
set xrange [0:49]
set yrange [1e-9:1e5]
set key outside bottom center maxrows 3
plot 'ledger.dat' using 1:4 with lines ls 5 title 'plain, 2 U', \
     '' using 1:3 with lines ls 2 title 'plain', \
     '' using 1:2 with lines ls 12 title 'plain, U / 2', \
     '' using 1:6 with lines ls 1 title 'LSTM, bf 1', \
     '' using 1:7 with lines ls 3 title 'GRU'
set title 'after training, up to 30 steps back in time'
set xrange [0:29]
set yrange [1e-5:10]
plot 'learned.dat' using 1:2 with lines ls 2 title 'plain', \
     '' using 1:3 with lines ls 1 title 'LSTM', \
     '' using 1:4 with lines ls 3 title 'GRU'
unset multiplot
