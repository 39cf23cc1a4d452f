load '../course/style.gp'
# Where Adam's v is large, for the weights of each pixel.
set terminal svg size 480,400
set size ratio -1
unset tics
unset border
unset grid
set xrange [-0.5:27.5]
set yrange [27.5:-0.5]
set cblabel '√v, mean over 16 neurons'
set cbtics 0.001
plot 'pixels.dat' matrix with image
