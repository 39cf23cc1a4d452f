#!/usr/bin/env bash
# Grades the exercises of the course's lessons, from any directory. The first time it builds the library.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/release

usage() {
  cat <<'END'
Usage: tools/grade.sh LESSON       grades your tutorials/LESSON/exercise.cpp
       tools/grade.sh --all-stubs --all-solutions --all-wrong
                                   any of these: every lesson, and how many were right

LESSON is a lesson's number, name or folder: 4, 04, checking, 04-checking and tutorials/04-checking are the same.

  --all-solutions   each solution.cpp: every exercise must be right
  --all-stubs       each exercise.cpp as it is in this tree: none must be right, as before anyone filled a hole
  --all-wrong       the wrong answers kept in each grade.cpp: every one must be caught

The exit status is 0 if all of your answers are right (or all is as it must be), 1 if not, and 2 if there is no such
lesson or option.
END
}

lessons=()
for grader in tutorials/[0-9]*/grade.cpp; do
  if [[ -e $grader ]]; then lessons+=("$(basename "$(dirname "$grader")")"); fi
done

# The lesson that is meant by a word with a slip of the keyboard, or by a part of its name; or nothing
nearest_lesson() {
  printf '%s\n' "${lessons[@]}" | awk -v word="$1" '
    function least(a, b) { return a < b ? a : b }
    # Of two words, how many letters must be put in, left out or changed to make one of the other
    function edits(a, b,    i, j, d) {
      for (i = 0; i <= length(a); ++i) d[i, 0] = i
      for (j = 0; j <= length(b); ++j) d[0, j] = j
      for (i = 1; i <= length(a); ++i) {
        for (j = 1; j <= length(b); ++j) {
          d[i, j] = least(least(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (substr(a, i, 1) != substr(b, j, 1)))
        }
      }
      return d[length(a), length(b)]
    }
    length(word) < 3 || word ~ /^[0-9]/ { exit }
    {
      name = substr($0, index($0, "-") + 1)
      far = index(name, word) ? 0 : edits(word, name)
      if (far <= length(word) / 3 && (nearest == "" || far < best)) { best = far; nearest = $0 }
    }
    END { print nearest }'
}

# unknown LESSON: one that is not there
unknown() {
  local nearest
  nearest=$(nearest_lesson "${1,,}")
  if [[ $nearest ]]; then
    echo "grade: there is no lesson '$1'; did you mean $nearest?" >&2
  else
    {
      echo "grade: there is no lesson '$1'. The lessons are"
      printf '  %s\n' "${lessons[@]}"
    } >&2
  fi
  exit 2
}

# The lesson's folder, by its number, name or path
find_lesson() {
  local lesson word=${1,,} number=
  word=${word%/exercise.cpp}
  word=${word%/}
  word=${word##*/}
  if [[ $word =~ ^0*[0-9]{1,2}$ ]]; then printf -v number '%02d' "$((10#$word))"; fi
  for lesson in "${lessons[@]}"; do
    if [[ $word == "$lesson" || $word == "${lesson#*-}" || $number == "${lesson%%-*}" ]]; then
      echo "$lesson"
      return
    fi
  done
}

# What the compiler said, without Ninja's own lines and the command behind each FAILED
of_compiler() {
  awk -v here="$PWD/" '
    command { command = 0; next }
    /^FAILED: / { command = 1; next }
    /^\[[0-9]+\/[0-9]+\] |^ninja: |^Re-checking globbed|^Re-running CMake|^-- / { next }
    { gsub(/\.\.\/\.\.\//, ""); while (at = index($0, here)) $0 = substr($0, 1, at - 1) substr($0, at + length(here)); print }
    ' <<<"$1"
}

# compile TARGET: builds it, and is silent unless that fails or the compiler warns; then it shows what the compiler
# says, and keeps it in `log`. The library comes first, and shows how far it is: from a fresh clone that takes minutes.
compile() {
  local lesson exercise status=0
  for lesson in "${lessons[@]}"; do
    exercise=tutorials/$lesson/exercise.cpp
    if [[ -e $exercise ]]; then continue; fi
    echo "grade: $exercise is not there; \`git checkout $exercise\` brings it back, with its holes" >&2
    exit 1
  done
  if [[ ! -e $build/build.ninja ]]; then
    tools/setup.sh || exit 1
    cmake --preset release --log-level=WARNING >/dev/null || exit 1
  fi
  cmake --build "$build" --parallel "$(nproc)" --target gradus |
    { grep --line-buffered -v '^ninja: no work\|Re-checking globbed\|Re-running CMake\|^-- ' || true; } ||
    { echo "grade: the library does not build" >&2; exit 1; }
  log=$(cmake --build "$build" --parallel "$(nproc)" --target "$1" 2>&1) || status=$?
  if ((status)) || [[ $log == *warning:* ]]; then of_compiler "$log" >&2; fi
  return "$status"
}

grader() { echo "$build/tutorials/bin/$1/grade"; }

# all_of WHAT: runs the graders of all lessons, shows what is not as it must be, and counts.
all_of() {
  local lesson output arguments=() suffix='' n right counted wanted exercises=0 hits=0 answers=0 bad=0
  case $1 in
    --all-solutions) suffix=_solution wanted=all ;;
    --all-stubs) wanted=none ;;
    --all-wrong) suffix=_solution wanted=all arguments=(--wrong) ;;
  esac
  compile gradus_graders || { echo "grade: a lesson does not compile" >&2; return 1; }
  for lesson in "${lessons[@]}"; do
    # The status says the same as the count, except for a lesson with too few wrong answers.
    n=0
    output=$("$(grader "$lesson")$suffix" "${arguments[@]}") || n=$?
    counted=$(tail -n 1 <<<"$output")
    if [[ ! $counted =~ ^([0-9]+)\ of\ ([0-9]+)\  ]]; then
      printf '%s: the grader does not end as it should\n%s\n' "$lesson" "$output" >&2
      return 1
    fi
    right=${BASH_REMATCH[1]}
    hits=$((hits + right))
    answers=$((answers + BASH_REMATCH[2]))
    exercises=$((exercises + $(sed -n 's/^Exercise \([0-9]*\),.*/\1/p' <<<"$output" | sort -un | wc -l)))
    if [[ $wanted == all && $n -ne 0 || $wanted == none && $right -ne 0 ]]; then
      printf '%s: %s\n' "$lesson" "$output"
      bad=1
    fi
  done
  case $1 in
    --all-solutions) echo "solution.cpp of ${#lessons[@]} lessons, $exercises exercises: $hits right" ;;
    --all-stubs) echo "exercise.cpp of ${#lessons[@]} lessons, $exercises exercises: $hits right" ;;
    --all-wrong) echo "wrong answers of ${#lessons[@]} lessons, $exercises exercises: $hits of $answers caught" ;;
  esac
  return "$bad"
}

if (($# == 0)); then
  usage >&2
  exit 2
fi
words=()
for argument; do
  case $argument in
    -h | --help) usage; exit ;;
    --all-solutions | --all-stubs | --all-wrong) ;;
    -*) echo "grade: unknown option '$argument'; see tools/grade.sh --help" >&2; exit 2 ;;
    *) words+=("$argument") ;;
  esac
done
if ((${#words[@]} > 0 && $# > 1)); then
  if ((${#words[@]} == $#)); then problem='one lesson at a time'; else problem='a lesson or --all-..., not both'; fi
  echo "grade: $problem; see tools/grade.sh --help" >&2
  exit 2
fi
((${#lessons[@]})) || { echo "grade: there is no lesson under $PWD/tutorials" >&2; exit 1; }

if [[ $1 == --* ]]; then
  result=0
  for argument; do all_of "$argument" || result=1; done
  exit "$result"
fi

lesson=$(find_lesson "$1")
if [[ -z $lesson ]]; then unknown "$1"; fi
if ! compile "grade_${lesson%%-*}"; then
  if [[ $log == *'undefined reference'* || $log == *'undefined symbol'* ]]; then
    problem='misses a function; are its functions still called and typed as in exercise.hpp?'
  else
    problem='does not compile yet; mend the first error above first'
  fi
  echo "grade: tutorials/$lesson/exercise.cpp $problem" >&2
  exit 1
fi
exec "$(grader "$lesson")"
