load '../course/style.gp'
set xrange [0:6.5]
set yrange [-0.05:1.05]
set xlabel 'hours of practice'
set ylabel 'a, the probability of juggling'
set terminal svg size 760,400
set key outside right center
plot 'fit.dat' index 0 with lines ls 6 title 'before', \
     '' index 1 with lines ls 2 title '10 steps', \
     '' index 2 with lines ls 3 title '100 steps', \
     '' index 4 with lines ls 1 title '3000 steps', \
     '' index 5 with lines ls 15 title 'without a bias', \
     'people.dat' with points ls 4 pt 7 ps 0.8 title 'twelve people'
