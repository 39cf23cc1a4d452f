load '../course/style.gp'
set terminal svg size 860,330 font 'sans-serif,12'
# How far the loss is from the least one, at each step.
set multiplot layout 1, 2
set logscale xy
set format x '10^{%T}'
set format y '10^{%T}'
set xrange [1:1e6]
set yrange [0.5:1e6]
set xlabel 'step'
set ylabel 'loss − least loss'
set key top right
set title 'area'
plot 'one-feature.dat' index 0 with lines ls 5 title 'as it is', \
     '' index 1 with lines ls 2 title 'in 100 m²', \
     '' index 2 with lines ls 1 title 'min-max', \
     '' index 3 with lines ls 3 title 'standardised'
set title 'area and rooms'
plot 'two-features.dat' index 0 with lines ls 5 title 'as they are', \
     '' index 1 with lines ls 1 title 'min-max', \
     '' index 2 with lines ls 3 title 'standardised'
unset multiplot
