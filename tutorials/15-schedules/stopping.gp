load '../course/style.gp'
set xrange [0:60]
set yrange [0:1.2]
set xlabel 'epoch'
set ylabel 'loss'
set key at graph 0.98, 0.5
plot 'stopping.dat' index 1 using 1:(0):(0):(1.2) with vectors nohead lc rgb green dt 2, \
     '' index 1 using ($1 + 0.6):(0.45):('best') with labels left textcolor rgb green, \
     '' index 1 using 2:(0):(0):(1.2) with vectors nohead lc rgb red dt 2, \
     '' index 1 using ($2 + 0.6):(0.45):('stop') with labels left textcolor rgb red, \
     '' index 0 using 1:4 with lines ls 11 title 'test digits', \
     '' index 0 using 1:3 with lines ls 2 title 'validation digits', \
     '' index 0 using 1:2 with lines ls 1 title 'training digits'
