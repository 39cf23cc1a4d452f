load '../course/style.gp'
set multiplot layout 1, 3
set style fill solid 0.7 noborder
set boxwidth 0.05
set xrange [-1.1:1.1]
set yrange [0:1.05]
set xtics -1, 1, 1
set xlabel 'a = tanh(z)'
set ylabel 'share of the neurons'
set title 'stddev 0.01'
plot 'saturation.dat' index 1 with boxes lt 3 notitle
unset ylabel
set title 'stddev 1/√500'
plot 'saturation.dat' index 2 with boxes lt 2 notitle
set title 'stddev 1'
plot 'saturation.dat' index 0 with boxes lt 1 notitle
unset multiplot
