load '../course/style.gp'
# Eight of the digits.
set terminal svg size 800,110 font 'sans-serif,14'
set size ratio -1
set lmargin 0
set rmargin 0
set tmargin 0
set bmargin 0
unset tics
unset border
unset colorbox
unset grid
set palette gray negative
set xrange [-0.5:223.5]
set yrange [27.5:-0.5]
plot 'digits.dat' matrix with image
