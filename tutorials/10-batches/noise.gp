load '../course/style.gp'
# The noise of a batch's gradient against its size.
set terminal svg size 640,320 font 'sans-serif,14'
set logscale xy
set xtics (1, 4, 16, 64, 256)
set ytics (0.25, 0.5, 1, 2, 4, 8)
set xrange [0.8:320]
set yrange [0.25:8]
set xlabel 'batch'
set ylabel 'noise / gradient'
plot 'noise.dat' using 1:3 with lines ls 11 title 'predicted', \
     '' using 1:2 with points ls 5 ps 1 title 'measured'
