load '../course/style.gp'
# Number lines under each other, all to one scale: the bar is where the quantity was, the tip where it went.
set border 0
unset xtics
unset ytics
unset key
set xrange [-0.3:0.75]
set yrange [-3.4:0.4]
plot 'nudge2.dat' using (-0.03):(-$1):(0.55):(0) with vectors nohead lc rgb grey lw 1, \
     '' using (0):(-$1):(0):(0.1) with vectors nohead lc rgb grey lw 1, \
     '' using ($4 - $3):(-$1) with lines lc rgb grey lw 1 dt 2, \
     '' using (0):(-$1) with lines lc rgb grey lw 1 dt 2, \
     '' using (0):(-$1):($4 - $3):(0) with vectors head filled size 0.015,20 ls 1 lw 4, \
     '' using (-0.05):(-$1):(sprintf('%s   %.3f → %.3f', strcol(2), $3, $4)) with labels right tc rgb grey, \
     '' using (0.60):(-$1):(sprintf('%+.3f', $4 - $3)) with labels left tc rgb grey, \
     '' using (0.60):(-$1 + 0.5):($1 > 0 ? sprintf('× %.3f', $5) : '') with labels left tc rgb grey
