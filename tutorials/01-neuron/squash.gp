load '../course/style.gp'
set xrange [-6:6]
set yrange [-0.05:1.05]
set xlabel 'z'
set key left top
plot 'squash.dat' using 1:2 with lines ls 1 title 'step(z)', \
     '' using 1:5 with lines ls 4 title 'σ(16 z)', \
     '' using 1:4 with lines ls 3 title 'σ(4 z)', \
     '' using 1:3 with lines ls 2 title 'σ(z)', \
     '' using 1:6 with lines ls 12 title 'slope of σ(z)'
