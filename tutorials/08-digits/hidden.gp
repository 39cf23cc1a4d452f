load '../course/style.gp'
# The weights from the pixels to each of the 16 neurons of the first hidden layer, at the places of the pixels.
set terminal svg size 800,240 font 'sans-serif,14'
set size ratio -1
unset tics
unset border
unset grid
set palette @signed
set cbrange [-0.8:0.8]
set cblabel 'weight'
set cbtics 0.4
set xrange [-0.5:223.5]
set yrange [55.5:-0.5]
do for [i = 0:8] { set arrow from i * 28 - 0.5, -0.5 to i * 28 - 0.5, 55.5 nohead front lc rgb grey }
do for [i = 0:2] { set arrow from -0.5, i * 28 - 0.5 to 223.5, i * 28 - 0.5 nohead front lc rgb grey }
plot 'hidden.dat' matrix with image
