#!/usr/bin/env bash
# Tests tools/grade.sh with stand-ins for the build and the graders. The real ones are tested in docs/.
# shellcheck disable=SC2016  # the $... in quotes are the stand-ins'
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

stand_in() { mkdir -p "$(dirname "$1")"; printf '#!/bin/sh\n%s\n' "$2" >"$1"; chmod +x "$1"; }
# A tree with two lessons. cmake writes what it is asked to build to log, and fails for the target $fail.
fresh() {
  rm -rf "${work:?}"/*
  mkdir -p "$work"/{tree/tools,tree/tutorials/course,tree/build/release,elsewhere,bin}
  : >"$work/log"
  : >"$work/tree/build/release/build.ninja"
  cp "$source/tools/grade.sh" "$work/tree/tools/"
  stand_in "$work/tree/tools/setup.sh" "echo setup >>'$work/log'"
  stand_in "$work/bin/cmake" 'case $* in *preset*) echo "Preset CMake variables:"; echo preset >>"'"$work"'/log"; exit ;; esac
    while [ $# -gt 1 ]; do shift; done
    echo "$1" >>"'"$work"'/log"
    [ "$1" = "$warn" ] && { echo "[1/1] Building"; echo "../../tutorials/01-first-one/exercise.cpp:7: warning: unused"; exit 0; }
    [ "$1" = "$fail" ] || { echo "ninja: no work to do."; exit 0; }
    echo "[1/2] Building"
    echo "FAILED: exercise.cpp.o"
    echo "c++ -c exercise.cpp -o exercise.cpp.o"
    echo "'"$work/tree"'/tutorials/01-first-one/exercise.cpp:7: ${mistake:-error: a mistake}"
    echo "ninja: build stopped: subcommand failed."
    exit 1'
  local lesson bin
  for lesson in 01-first-one 12-other; do
    mkdir -p "$work/tree/tutorials/$lesson"
    touch "$work/tree/tutorials/$lesson/"{grade,exercise}.cpp
    bin=$work/tree/build/release/tutorials/bin/$lesson
    stand_in "$bin/grade" 'printf "%s\nExercise 1, a: right\nExercise 2, b: no\n1 of 2 exercises is right\n" '"$lesson; exit 1"
    stand_in "$bin/grade_solution" 'if [ "$1" = --wrong ]; then
        printf "Exercise 1, a; x: caught\nExercise 1, a; y: caught\nExercise 2, b; x: caught\n3 of 3 wrong answers are caught\n"
      else printf "Exercise 1, a: right\nExercise 2, b: right\n2 of 2 exercises are right\n"; fi'
  done
}
# expect STATUS TEXT LOG FAIL [ARGUMENT...]: the exit status, what it says, and what was built, when FAIL does not build
expect() {
  local status=0
  : >"$work/log"
  output=$(cd "$work/elsewhere" && fail=$4 PATH=$work/bin:$PATH "$work/tree/tools/grade.sh" "${@:5}" 2>&1) || status=$?
  if [[ $status != "$1" || $output != *"$2"* || $(tr '\n' ' ' <"$work/log") != "$3" ]]; then
    printf 'line %s: status %s\n%s\n-- built: %s\n' "${BASH_LINENO[0]}" "$status" "$output" "$(tr '\n' ' ' <"$work/log")"
    failures=$((failures + 1))
  fi
}

fresh
for name in 1 01 001 first-one First-One 01-first-one 01-first-one/ tutorials/01-first-one tutorials/01-first-one/exercise.cpp; do
  expect 1 $'01-first-one\nExercise 1, a: right' 'gradus grade_01 ' '' "$name"
done
expect 1 '12-other' 'gradus grade_12 ' '' 12
stand_in "$work/tree/build/release/tutorials/bin/12-other/grade" 'echo "2 of 2 exercises are right"'
expect 0 '2 of 2 exercises are right' 'gradus grade_12 ' '' other
expect 2 $'no lesson \'2\'. The lessons are\n  01-first-one\n  12-other' '' '' 2
expect 2 "no lesson 'first'; did you mean 01-first-one?" '' '' first
expect 2 "no lesson 'First-nOe'; did you mean 01-first-one?" '' '' First-nOe
expect 2 $'no lesson \'another\'; did you mean 12-other?' '' '' another
expect 2 $'no lesson \'neuron\'. The lessons are' '' '' neuron
expect 2 "no lesson '013'. The" '' '' 013
expect 2 "no lesson ''" '' '' ''
expect 2 'Usage: tools/grade.sh' '' ''
expect 0 'Usage: tools/grade.sh' '' '' --help
expect 2 "unknown option '--all'" '' '' --all
expect 2 'one lesson at a time' '' '' 1 12
expect 2 'a lesson or --all-..., not both' '' '' --all-stubs 12
expect 2 'a lesson or --all-..., not both' '' '' 12 --all-stubs

rm "$work/tree/build/release/build.ninja"  # a fresh clone
expect 1 'Exercise 1' 'setup preset gradus grade_01 ' '' 1
if [[ $output == *Preset* ]]; then echo "the presets' variables are shown"; failures=$((failures + 1)); fi

fresh
expect 1 $'tutorials/01-first-one/exercise.cpp:7: error: a mistake\ngrade: tutorials/01-first-one/exercise.cpp does not compile yet; mend' \
  'gradus grade_01 ' grade_01 1
mistake='undefined reference to x' expect 1 'misses a function; are its functions still' 'gradus grade_01 ' grade_01 1
warn=grade_01 expect 1 $'tutorials/01-first-one/exercise.cpp:7: warning: unused\n01-first-one\n' 'gradus grade_01 ' '' 1
rm "$work/tree/tutorials/12-other/exercise.cpp"
expect 1 'grade: tutorials/12-other/exercise.cpp is not there; `git checkout tutorials/12-other/exercise.cpp`' '' '' 12
fresh
expect 1 $'stopped: subcommand failed.\ngrade: the library does not build' 'gradus ' gradus 1
expect 1 'a lesson does not compile' 'gradus gradus_graders ' gradus_graders --all-solutions

expect 0 'solution.cpp of 2 lessons, 4 exercises: 4 right' 'gradus gradus_graders ' '' --all-solutions
expect 0 'wrong answers of 2 lessons, 4 exercises: 6 of 6 caught' 'gradus gradus_graders ' '' --all-wrong
expect 1 'exercise.cpp of 2 lessons, 4 exercises: 2 right' 'gradus gradus_graders ' '' --all-stubs
stubs() {
  local lesson
  for lesson in 01-first-one 12-other; do
    stand_in "$work/tree/build/release/tutorials/bin/$lesson/grade" 'printf "Exercise 1, a: no\n0 of 1 exercises are right\n"; exit 1'
  done
}
stubs; expect 0 'exercise.cpp of 2 lessons, 2 exercises: 0 right' 'gradus gradus_graders ' '' --all-stubs
expect 0 $': 4 right\nexercise.cpp' 'gradus gradus_graders gradus gradus_graders ' '' --all-solutions --all-stubs
solution=$work/tree/build/release/tutorials/bin/12-other/grade_solution
stand_in "$solution" 'printf "Exercise 1, a: right\nExercise 2, b: no\n1 of 2 exercises is right\n"; exit 1'
expect 1 $'12-other: Exercise 1, a: right' 'gradus gradus_graders ' '' --all-solutions
expect 1 ': 3 right' 'gradus gradus_graders ' '' --all-solutions
stand_in "$solution" 'printf "Exercise 1, a: has 1 wrong answers and needs 3\n1 of 1 wrong answers are caught\n"; exit 1'
expect 1 'needs 3' 'gradus gradus_graders ' '' --all-wrong
stand_in "$solution" 'echo "Segmentation fault"; exit 139'
expect 1 '12-other: the grader does not end as it should' 'gradus gradus_graders ' '' --all-solutions
rm -r "$work"/tree/tutorials/*; expect 1 'there is no lesson under' '' '' 1

exit $((failures > 0))
