load '../course/style.gp'
# Both searches: where they tried, and what came of it.
set terminal svg size 760,400
set logscale x
set xrange [0.0007:1.4]
set format x '%g'
set yrange [0.4:3]
set xlabel 'rate'
set ylabel 'validation loss'
set cblabel 'momentum'
set cbrange [0:1]
set cbtics 0.25
set palette defined (0 '#6cb8e6', 0.5 '#2e95d3', 0.8 '#c48600', 1 '#d55e00')
set key bottom left
plot 'search.dat' index 1 using 1:5:2 with points pt 4 ps 0.9 lw 2 lc palette notitle, \
     '' index 0 using 1:5:2 with points pt 7 ps 0.9 lc palette notitle, \
     NaN with points pt 7 ps 0.9 lc rgb grey title '27 random trials', \
     NaN with points pt 4 ps 0.9 lw 2 lc rgb grey title '27 of a grid'
