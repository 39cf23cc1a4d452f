load '../course/style.gp'
# One bump out of two neurons, and a function out of bumps.
set terminal svg size 900,330 font 'sans-serif,14'
set multiplot layout 1,2
set xrange [0:1]
set xlabel 'x'
set key top left
set yrange [-0.1:1.6]
plot 'bumps.dat' using 1:5 with lines ls 1 title 'a neuron', \
     '' using 1:6 with lines ls 3 title 'another one', \
     '' using 1:7 with lines ls 5 lw 3 title 'their difference'
set key bottom right
set yrange [-0.7:0.95]
plot 'bumps.dat' using 1:2 with lines ls 1 lw 3 title 'the function', \
     '' using 1:3 with lines ls 3 title '5 bumps', \
     '' using 1:4 with lines ls 5 title '17 bumps'
unset multiplot
