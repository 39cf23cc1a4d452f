load '../course/style.gp'
set terminal svg size 860,330 font 'sans-serif,12'
# The loss by weight and bias, and thirty steps from 0.
set contour base
unset surface
set cntrparam levels discrete 1000, 4000, 16000, 64000
set table $raw
splot 'raw.dat' nonuniform matrix
set table $min_max
splot 'min_max.dat' nonuniform matrix
set table $standard
splot 'standard.dat' nonuniform matrix
unset table
set multiplot layout 1, 3
unset key
unset grid
set xlabel 'weight'
set ylabel 'bias' offset 1, 0
set xrange [-1:6]
set yrange [-250:450]
set title 'as they are'
plot $raw with lines lc rgb grey lw 0.8, 'raw_path.dat' with linespoints ls 1
set xrange [-100:700]
set yrange [-100:500]
set xtics 200
set title 'min-max'
plot $min_max with lines lc rgb grey lw 0.8, 'min_max_path.dat' with linespoints ls 1
set xrange [-250:450]
set yrange [0:700]
set title 'standardised'
plot $standard with lines lc rgb grey lw 0.8, 'standard_path.dat' with linespoints ls 1
unset multiplot
