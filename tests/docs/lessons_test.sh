#!/usr/bin/env bash
# Checks that each lesson of the course, a folder tutorials/NN-NAME, has the parts that a lesson has, and that its
# text leads to them: exercises, stepper page, pictures, and the next lesson. (links_test.sh sees whether links lead anywhere.)
#   lessons_test.sh ROOT
set -euo pipefail
cd "${1:?usage: lessons_test.sh ROOT}"
shopt -s nullglob
result=0
bad() { echo "$*"; result=1; }

lessons=(tutorials/[0-9][0-9]-*/)
if ((${#lessons[@]} == 0)); then
  echo "there is no lesson at all: this test is broken"
  exit 1
fi
for ((i = 0; i < ${#lessons[@]}; ++i)); do
  folder=${lessons[i]%/}
  lesson=${folder#*/}
  number=${lesson%%-*}
  if ((10#$number != i + 1)); then bad "$folder is lesson $((i + 1)) by its place: a number is missing, or is there twice"; fi
  for file in README.md exercise.hpp exercise.cpp solution.cpp grade.cpp stepper.gr stepper.html; do
    [[ -e $folder/$file ]] || bad "$folder has no $file"
  done
  text=$folder/README.md
  if [[ ! -e $text ]]; then continue; fi

  # has PATTERN WHAT: a fixed text that the page must have
  has() { grep -qF -- "$1" "$text" || bad "$text $2: $1"; }
  if [[ $(head -n 1 "$text") != "# $((10#$number)). "* ]]; then bad "$text does not begin with its number: # $((10#$number)). ..."; fi
  has '](exercise.cpp)' 'has no link to its exercises'
  has "tools/grade.sh $number" 'does not say how its exercises are graded'
  has '](stepper.html)' 'has no link to its stepper page'
  if ((i + 1 < ${#lessons[@]})); then
    has "](../$(basename "${lessons[i + 1]}")/README.md" 'has no link to the next lesson'
  fi
  for picture in "$folder"/*.svg; do has "$(basename "$picture")" 'does not show a picture of its folder'; done
  for program in "$folder"/*.cpp; do
    name=$(basename "$program" .cpp)
    case $name in exercise | solution | grade) continue ;; esac
    [[ -e $folder/$name.out ]] || bad "what $program prints is not kept, as $name.out"
  done
  grep -qF "]($lesson/README.md" tutorials/README.md || bad "tutorials/README.md has no link to $lesson/README.md"
  minutes=$(sed -n "s/^| $((10#$number)) |.*| \([0-9]*\) |$/\1/p" tutorials/README.md)
  if [[ $minutes ]]; then
    has "$minutes minutes, with the exercises" 'does not say the same minutes as the contents of tutorials/README.md'
  else
    bad "the contents of tutorials/README.md have no minutes for $lesson"
  fi
done
exit "$result"
