# The look of the lessons' curves: `load '../course/style.gp'` is the first line of each NAME.gp, which
# prints its picture:  cd tutorials/LESSON && gnuplot NAME.gp > NAME.svg
# The pictures have no background and are shown on white pages and on black ones. The colours are those
# of the graphs (lib/gradus/graph/palette.hpp), darker where they would be pale on white: each has at
# least 3 times the luminance, or a third of it, of either page.
set terminal svg size 640,400 enhanced font 'sans-serif,14' linewidth 1 rounded dashed
set encoding utf8

blue = '#2e95d3'       # inputs
orange = '#c48600'     # parameters
green = '#009e73'      # outputs
purple = '#cc79a7'     # derivatives
red = '#d55e00'        # what goes wrong, or stands out
grey = '#767676'       # what stays back; text, axes and grid

# `with lines ls 2`; 11 to 16 are the same colours, dashed: what was predicted, or is for comparison.
set style line 1 lc rgb blue lw 2 pt 7 ps 0.5
set style line 2 lc rgb orange lw 2 pt 5 ps 0.5
set style line 3 lc rgb green lw 2 pt 9 ps 0.6
set style line 4 lc rgb purple lw 2 pt 13 ps 0.7
set style line 5 lc rgb red lw 2 pt 11 ps 0.6
set style line 6 lc rgb grey lw 2 pt 1 ps 0.6
do for [i = 1:6] {
  color = word(blue.' '.orange.' '.green.' '.purple.' '.red.' '.grey, i)
  set linetype i lc rgb color lw 2 pt 7 ps 0.5
  set style line 10 + i lc rgb color lw 2 dt 2 pt 6 ps 0.5
}
set linetype cycle 6

# Text is black unless it is told otherwise: `set label ... textcolor rgb grey` in each picture.
set title textcolor rgb grey
set key textcolor rgb grey samplen 2 spacing 1.2 noautotitle
set xlabel textcolor rgb grey
set ylabel textcolor rgb grey
set x2label textcolor rgb grey
set y2label textcolor rgb grey
set zlabel textcolor rgb grey
set cblabel textcolor rgb grey
set border 3 lc rgb grey lw 1
set tics nomirror textcolor rgb grey
set grid lc rgb grey lw 0.5 dt 3
set colorbox border 6

# For maps (`with image`, `palette`). Where the sign matters: `set palette @signed`, with a range from -c to c.
set palette defined (0 '#12304a', 0.35 '#1f78ad', 0.7 '#6cc3b0', 1 '#f5eeb4')
signed = "defined (-1 '#0072b2', -0.5 '#56b4e9', 0 '#f2f2f2', 0.5 '#e69f00', 1 '#9a4a00')"
