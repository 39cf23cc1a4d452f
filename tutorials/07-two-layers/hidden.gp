load '../course/style.gp'
# The answer of two hidden neurons at each point, the four corners, and the line of each hidden neuron.
set size ratio -1
set xrange [-0.5:1.5]
set yrange [-0.5:1.5]
set xlabel 'x_1'
set ylabel 'x_2'
set cbrange [0:1]
set cblabel 'answer'
set palette defined (0 '#9cc9ea', 0.5 '#f4f4f4', 1 '#ecc98a')
unset grid
set key off
$corners << EOD
0 0 0
1 1 0
0 1 1
1 0 1
EOD
plot 'hidden-map.dat' matrix using ($1 / 20 - 0.5):($2 / 20 - 0.5):3 with image, \
     'hidden-lines.dat' using (-0.5):((0.5 * $1 - $3) / $2):(2):(-2 * $1 / $2) with vectors nohead lc rgb '#404040' lw 2 dt 2, \
     $corners using 1:2 with points pt 7 ps 1.5 lc rgb '#404040', \
     $corners using 1:2:($3 == 1 ? 0xd55e00 : 0x0072b2) with points pt 7 ps 1.1 lc rgb variable
