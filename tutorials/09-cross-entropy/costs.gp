load '../course/style.gp'
# What the neuron says, which should be 0, while it learns.
set terminal svg size 640,320 font 'sans-serif,14'
set xlabel 'steps'
set ylabel 'the neuron says'
set yrange [0:1.05]
set key at 130,0.65
plot 'costs.dat' using 1:2 with lines ls 1 title 'quadratic cost', \
     '' using 1:3 with lines ls 5 title 'cross-entropy'
