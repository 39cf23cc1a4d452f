load '../course/style.gp'
set xrange [0:6.5]
set yrange [-0.05:1.05]
set xlabel 'hours of practice'
set ylabel 'a, the probability of juggling'
set key right bottom
plot 'fit.dat' index 0 with lines lt 5 title 'before', \
     '' index 1 with lines lt 6 title '10 steps', \
     '' index 2 with lines lt 3 title '100 steps', \
     '' index 4 with lines lt 1 title '3000 steps', \
     '' index 5 with lines lt 2 dt 2 title 'without a bias', \
     'people.dat' with points lt 4 pt 7 ps 0.8 title 'twelve people'
