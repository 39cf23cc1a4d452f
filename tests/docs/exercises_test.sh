#!/usr/bin/env bash
# Checks the exercises of a lesson: the solution is all right, nothing of the stub is, and every wrong answer is
# caught by a question.
#   exercises_test.sh GRADER_OF_THE_STUB GRADER_OF_THE_SOLUTION
set -euo pipefail
stub=${1:?usage: exercises_test.sh GRADER_OF_THE_STUB GRADER_OF_THE_SOLUTION}
solution=${2:?usage: exercises_test.sh GRADER_OF_THE_STUB GRADER_OF_THE_SOLUTION}
result=0

# expect WHAT STATUS LAST_LINE COMMAND...: the exit status, and a pattern that the last line has
expect() {
  local status=0 output
  output=$("${@:4}" 2>&1) || status=$?
  if [[ $status != "$2" || ! $(tail -n 1 <<<"$output") =~ ^$3$ ]]; then
    printf '%s (status %s):\n%s\n' "$1" "$status" "$output"
    result=1
  fi
}
expect 'exercise.cpp is not an untouched stub of two or more exercises' 1 '0 of ([2-9]|[1-9][0-9]+) exercises are right' "$stub"
expect 'the solution is not right' 0 '([2-9]|[1-9][0-9]+) of \1 exercises are right' "$solution"
expect 'wrong answers are not caught' 0 '([0-9]+) of \1 wrong answers are caught' "$solution" --wrong
exit "$result"
