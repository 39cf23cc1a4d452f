load '../course/style.gp'
set xlabel 'step'
set ylabel 'f = |x| + 3|y|'
set logscale y
set format y '%g'
set key bottom left
plot 'decay.dat' using 1:2 with lines ls 5 title 'rate 0.4', \
     '' using 1:4 with lines ls 2 title '0.4 · 0.8^{step}', \
     '' using 1:3 with lines ls 1 title '0.4 · 0.9^{step}'
