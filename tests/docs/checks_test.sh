#!/usr/bin/env bash
# Tests the checks of the pages on small trees: each must find what is wrong, and say where.
# shellcheck disable=SC2016,SC2317  # the ` and $ are text, and the functions are called by expect
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# expect STATUS TEXT COMMAND...: the exit status, and what must be in the output
expect() {
  local status=0 output
  output=$("${@:3}" 2>&1) || status=$?
  if [[ $status != "$1" || $output != *"$2"* ]]; then
    printf 'line %s: status %s\n%s\n' "${BASH_LINENO[0]}" "$status" "$output"
    failures=$((failures + 1))
  fi
}
same() {  # FILE FILE
  cmp -s "$1" "$2" || { printf 'line %s:\n%s\n' "${BASH_LINENO[0]}" "$(diff "$1" "$2")"; failures=$((failures + 1)); }
}

# --- weave.sh ---
tree=$work/tree
mkdir -p "$tree/tutorials/a" "$tree/docs"
printf 'int main() {\n  // [one]\n  f();\n\n    g();\n  // [two]\n  h();\n  // [end]\n}\n' > "$tree/tutorials/a/b.cpp"
printf 'x = 1.5\n' > "$tree/tutorials/a/b.out"
page() { printf 'Before.\n\n<!-- tutorials/a/b.cpp%s -->\n```cpp\n%s```\n\n<!-- tutorials/a/b.out -->\n```text\nx = 1.5\n```\nAfter.\n' "$1" "$2"; }
page ' [one]' $'old\n' > "$tree/README.md"
expect 1 'README.md does not show' "$here/weave.sh" --check "$tree"
expect 0 'updated README.md' "$here/weave.sh" "$tree"
page ' [one]' $'f();\n\n  g();\n' > "$work/right"
same "$tree/README.md" "$work/right"
expect 0 '' "$here/weave.sh" --check "$tree"
page ' [three]' '' > "$tree/README.md"
expect 1 'has no part [three]' "$here/weave.sh" "$tree"
page 'pp' '' > "$tree/README.md"
expect 1 'README.md:4: there is no file' "$here/weave.sh" "$tree"
printf '<!-- tutorials/a/b.out -->\nNo block.\n' > "$tree/README.md"
expect 1 'README.md:2: a block of code must follow' "$here/weave.sh" "$tree"
printf '<!-- tutorials/a/b.out -->\n```text\nx = 1\n' > "$tree/README.md"
expect 1 'has no end' "$here/weave.sh" "$tree"
printf 'Nothing.\n' > "$tree/README.md"
expect 1 'tutorials/a/b.out is shown on no page' "$here/weave.sh" --check "$tree"

# --- output_test.sh ---
prints() { printf '#!/bin/sh\nprintf "%%s\\n" "%s" > out.dot\nprintf "%%s\\n" "%s"\n' "${2:-}" "$1" > "$work/program"; chmod +x "$work/program"; }
keeps() { printf '%s\n' "$1" > "$tree/tutorials/a/b.out"; }
run() { "$here/output_test.sh" "$work/program" "$tree/tutorials/a/b.out"; }
keeps 'x =  1.50, 3 nodes, error 1.1e-10'
prints 'x =  1.50, 3 nodes, error 1.1e-10'; expect 0 '' run
prints 'x = 1.5001, 3 nodes, error -7e-12'; expect 0 '' run
prints 'x =  1.51, 3 nodes, error 1.1e-10'; expect 1 'b.out and the new one differ' run
prints 'x = -1.50, 3 nodes, error 1.1e-10'; expect 1 'differ' run
prints 'x =  1.50, 4 nodes, error 1.1e-10'; expect 1 'differ' run
prints 'x =  1.50, 3 edges, error 1.1e-10'; expect 1 'differ' run
prints 'x =  nan, 3 nodes, error 1.1e-10'; expect 1 'differ' run
prints ''; expect 1 'differ' run
keeps ''; prints 'x = 1'; expect 1 'differ' run
: > "$tree/tutorials/a/b.out"; expect 1 'differ' run
keeps 'x = 1.50, 3 nodes, error 1.1e-10'
prints $'x = 1.50, 3 nodes, error 1.1e-10\nmore'; expect 1 'differ' run
printf 'digraph\n' > "$tree/tutorials/a/out.dot"
prints 'x = 1.50, 3 nodes, error 1.1e-10' digraph; expect 0 '' run
prints 'x = 1.50, 3 nodes, error 1.1e-10' graph; expect 1 'out.dot and the new one differ' run
printf '#!/bin/sh\nexit 3\n' > "$work/program"; expect 3 '' run

# --- console.sh ---
printf '#!/bin/sh\ncat one.gr; exit "$1"\n' > "$work/gradus"; chmod +x "$work/gradus"
printf 'x * y\n' > "$tree/tutorials/a/one.gr"
session=$tree/tutorials/a/session.console
converse() { "$here/output_test.sh" "$here/console.sh" "$session" "$work/gradus" "$session"; }
printf '$ gradus 0\nx * y\n\n$ gradus 2 | sort; echo "a  b"\nx * y\na  b\n' > "$session"
expect 0 '' converse
printf '$ gradus 0\nx + y\n' > "$session"; expect 1 'session.console and the new one differ' converse
printf '$ gradus 2\nx * y\n(exit status 2)\n' > "$session"; expect 0 '' converse

# --- links_test.sh ---
links() { printf '%s\n' "$1" > "$tree/README.md"; "$here/links_test.sh" "$tree"; }
printf '# A heading: `code` (1)\n' > "$tree/docs/a.md"
expect 0 '' links '[a](docs/a.md) ![b](tutorials/a/b.out) <img src="docs/a.md"> [c](https://example.org/x)'
expect 0 '' links '[a](docs/a.md#a-heading-code-1)'
expect 1 'README.md: docs/a.md#other: there is no such heading' links '[a](docs/a.md#other)'
expect 1 'README.md: there is no docs/b.md' links '[a](docs/b.md)'
expect 1 'README.md: there is no x.svg' links '<img src="x.svg">'
expect 1 'README.md: /docs/a.md is an absolute path' links '[a](/docs/a.md)'
expect 1 'no links were found' links 'Nothing but `[code](none)`.'

# --- exercises_test.sh ---
grader() {  # NAME SCRIPT: $wrong says whether it was called with --wrong
  printf '#!/bin/sh\nwrong=${1:-}\n%s\n' "$2" > "$work/$1"
  chmod +x "$work/$1"
}
graded() { "$here/exercises_test.sh" "$work/stub" "$work/solution"; }
stub='echo "0 of 2 exercises are right"; exit 1'
solution='[ "$wrong" ] && echo "7 of 7 wrong answers are caught" || echo "2 of 2 exercises are right"'
grader stub "$stub"; grader solution "$solution"; expect 0 '' graded
grader stub 'echo "1 of 2 exercises is right"; exit 1'; expect 1 'exercise.cpp is not an untouched stub' graded
grader stub 'echo "0 of 1 exercises are right"; exit 1'; expect 1 'of two or more exercises' graded
grader stub 'echo "0 of 2 exercises are right"'; expect 1 'exercise.cpp is not' graded
grader stub 'exit 1'; expect 1 'exercise.cpp is not' graded
grader stub "$stub"
grader solution '[ "$wrong" ] && echo "7 of 7 wrong answers are caught" || { echo "1 of 2 exercises is right"; exit 1; }'
expect 1 'the solution is not right' graded
grader solution '[ "$wrong" ] && { echo "6 of 7 wrong answers are caught"; exit 1; } || echo "2 of 2 exercises are right"'
expect 1 'wrong answers are not caught' graded

# --- lessons_test.sh ---
# course: two lessons with all that they need
course() {
  local lesson
  rm -rf "${work:?}/course"
  for lesson in 01-one 02-two; do
    mkdir -p "$work/course/tutorials/$lesson"
    (cd "$work/course/tutorials/$lesson" &&
      touch exercise.hpp exercise.cpp solution.cpp grade.cpp stepper.gr stepper.html program.cpp program.out curve.svg)
    printf '# %d. A lesson\n30 minutes, with the exercises.\n[a](exercise.cpp) `tools/grade.sh %s` [b](stepper.html) ![c](curve.svg)\n' \
           "${lesson%%-*}" "${lesson%%-*}" > "$work/course/tutorials/$lesson/README.md"
  done
  echo 'Next: [two](../02-two/README.md)' >> "$work/course/tutorials/01-one/README.md"
  printf '| %d | [a](%s/README.md) | Why? | 30 |\n' 1 01-one 2 02-two > "$work/course/tutorials/README.md"
}
lessons() { "$here/lessons_test.sh" "$work/course"; }
first=$work/course/tutorials/01-one
course; expect 0 '' lessons
for file in README.md exercise.hpp exercise.cpp solution.cpp grade.cpp stepper.gr stepper.html; do
  course; rm "$first/$file"; expect 1 "tutorials/01-one has no $file" lessons
done
course; rm "$first/program.out"; expect 1 'what tutorials/01-one/program.cpp prints is not kept, as program.out' lessons
course; sed -i 's/^# 1/# 2/' "$first/README.md"; expect 1 'does not begin with its number: # 1.' lessons
course; sed -i 's/(exercise.cpp)//' "$first/README.md"; expect 1 'has no link to its exercises' lessons
course; sed -i 's/grade.sh 01/grade.sh 02/' "$first/README.md"; expect 1 'does not say how its exercises are graded' lessons
course; sed -i 's/(stepper.html)//' "$first/README.md"; expect 1 'has no link to its stepper page' lessons
course; sed -i 's/02-two/02-too/' "$first/README.md"; expect 1 'has no link to the next lesson' lessons
course; touch "$first/other.svg"; expect 1 'does not show a picture of its folder: other.svg' lessons
course; sed -i 's/02-two/02-too/' "$work/course/tutorials/README.md"; expect 1 'has no link to 02-two/README.md' lessons
course; sed -i 's/^30/25/' "$first/README.md"; expect 1 'the same minutes as the contents of tutorials/README.md: 30' lessons
course; sed -i 's/ 30 |//' "$work/course/tutorials/README.md"; expect 1 'have no minutes for 01-one' lessons
course; mv "$first" "$work/course/tutorials/03-one"; expect 1 'tutorials/02-two is lesson 1 by its place' lessons
rm -r "$work/course/tutorials"; mkdir "$work/course/tutorials"; expect 1 'there is no lesson at all' lessons

# What follows needs tools that are not everywhere. In CI they must be there.
skipped=0
have() {
  if "$@" > /dev/null 2>&1; then return; fi
  echo "without it nothing can be tested: $*"
  skipped=77
  [[ ${CI:-} != true ]] || failures=$((failures + 1))
  return 1
}

# --- katex.js, formulas_test.sh ---
formulas() { printf '%s\n' "$@" > "$tree/README.md"; "$here/formulas_test.sh" "$tree"; }
if have command -v node && have formulas '$x$'; then
  expect 0 '5 formulas' formulas 'For $x_i$, ($y$) and $`\{z\}`$:' '$$\frac{a}{b}$$' '```math' 'a \, b' '```'
  expect 0 '1 formulas' formulas 'Not $x$: `$ gradus` and \$5.' '' '    $ indented' '```console' '$ gradus' '```'
  expect 1 'README.md:2: KaTeX parse error' formulas '' 'A broken $\frac{1}{$ formula.'
  expect 1 'Undefined control sequence: \nothing' formulas '$$' '\nothing' '$$'
  expect 1 'README.md:3: KaTeX parse error' formulas 'A block:' '```math' '\begin{aligned} a' '```'
  expect 1 'a $ that begins no formula' formulas '$x$ costs $5.'
  expect 1 'a $ that begins no formula' formulas '$x$ and $y' '' 'z$'
  expect 1 'a $ that begins no formula' formulas '| a | b |' '|---|---|' '| $|x|$ | $y$ |'
  expect 1 'a space behind the first $' formulas 'not $ x$'
  expect 1 'an empty formula' formulas '$x$ $$ $$'
  expect 1 'hyphen right before the first $' formulas 'the a$x$'
  expect 1 'digit right behind the last $' formulas '$x$2'
  expect 1 'takes the backslash of \, away: write \thinspace' formulas '$a\,b$'
  expect 1 'takes the backslash of \\ away: put' formulas '$$\begin{aligned} a \\ b \end{aligned}$$'
  expect 1 'write \lt' formulas '$a<b$'
  expect 1 'for a link' formulas '$[a](b)$'
  expect 1 'takes _..._ for emphasis' formulas '$\bar{x}_i$ and $y_{j}$'
  expect 1 'takes *...* for emphasis' formulas '$a^*$ and' '$b^*$'
  expect 0 '4 formulas' formulas '$w_1 x_1 + w_2$, *emphasis*, $a * b * c$, $\bar{x}_i$ and $y _{j}$'
  expect 1 'GitHub does not allow \operatorname' formulas '$\operatorname{relu} x$'
  expect 1 'no formulas were found at all' formulas 'None.'
fi

# --- spelling_test.sh ---
spelled() { printf '%s\n' "$1" > "$tree/docs/a.md"; "$here/spelling_test.sh" "$tree"; }
if have command -v codespell; then
  mkdir -p "$tree/lib" "$tree/tools"
  expect 0 '' spelled 'The colour of a centre.'
  expect 1 'docs/a.md:1: teh ==> the' spelled 'In teh middle.'
  echo '// The wieghts' > "$tree/lib/a.cpp"; expect 1 'lib/a.cpp:1: wieghts ==> weights' spelled 'Right.'
fi

# --- pictures.sh ---
folder=$tree/tutorials/01-one
mkdir -p "$folder" "$tree/tutorials/course"
cp "$here/../../tutorials/course/style.gp" "$tree/tutorials/course/"
pictures() { "$here/pictures.sh" --check "$tree"; }
update() { "$here/pictures.sh" "$tree"; }
again() { expect 0 updated update; }
style="load '../course/style.gp'"
if have command -v gnuplot && have command -v dot; then
  printf '%s\n' "$style" 'plot "curve.dat" with lines ls 1' > "$folder/curve.gp"
  printf '0 1\n1 2\n2 4\n' > "$folder/curve.dat"
  printf 'digraph { bgcolor=transparent; a -> b }\n' > "$folder/graph.dot"
  expect 1 '01-one/curve.gp has no picture' pictures
  expect 0 'updated tutorials/01-one/graph.svg' update
  expect 0 '' pictures
  cp "$folder/curve.svg" "$work/kept.svg"; expect 0 '' update; same "$folder/curve.svg" "$work/kept.svg"
  sed -i 's/GNUPLOT .* /GNUPLOT 9.9 /' "$folder/curve.svg"; expect 0 '' pictures
  cp "$folder/curve.svg" "$work/kept.svg"; expect 0 '' update; same "$folder/curve.svg" "$work/kept.svg"
  printf '0 1\n1 2\n2 9\n' > "$folder/curve.dat"; expect 1 'curve.svg does not show what' pictures
  expect 0 'updated tutorials/01-one/curve.svg' update
  expect 0 '' pictures
  printf '0 1\n1 2\n2 7\n' > "$folder/curve.dat"; expect 1 'curve.svg does not show what' pictures; again
  printf 'digraph { bgcolor=transparent; a -> b -> c }\n' > "$folder/graph.dot"
  expect 1 'graph.svg does not show what' pictures; again
  touch "$folder/other.svg"; expect 1 'other.svg has no source' pictures; rm "$folder/other.svg"
  touch "$folder/curve.dot"; expect 1 'are both the source of' pictures; rm "$folder/curve.dot"
  echo 'digraph {' > "$folder/broken.dot"; touch "$folder/broken.svg"
  expect 1 'dot does not like tutorials/01-one/broken.dot' pictures; rm "$folder"/broken.*
  printf '%s\n' "$style" 'plot "nothing.dat"' > "$folder/curve.gp"; expect 1 'gnuplot does not like' pictures
  echo 'plot x' > "$folder/curve.gp"; expect 1 'does not begin with: load' pictures
  printf '%s\n' "$style" 'set label "black" at 0, 0' 'plot x' > "$folder/curve.gp"
  expect 1 'curve.svg has black texts or lines' update
fi

if ((failures)); then exit 1; fi
exit "$skipped"
