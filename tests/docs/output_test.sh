#!/usr/bin/env bash
# Runs a tutorial's program and compares what it prints, and each file it writes that is kept
# beside its source, with what is kept.
#   output_test.sh PROGRAM KEPT [ARGUMENT...]    in an empty directory, with the arguments
# Whole numbers and words must be the same. Other numbers may differ in the fourth digit, and below
# 1e-8 at will: the functions of <cmath> are not the same to the last bit everywhere.
set -euo pipefail
program=$(realpath "${1:?usage: output_test.sh PROGRAM KEPT [ARGUMENT...]}")
kept=$(realpath "${2:?usage: output_test.sh PROGRAM KEPT [ARGUMENT...]}")
shift 2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$program" "$@" > stdout

# shellcheck disable=SC2016  # the $... are awk's
alike='
  function is_real(number) { return number ~ /[.e]/ }
  function near(a, b,   d, size) {
    d = a - b; if (d < 0) d = -d
    size = a < 0 ? -a : a
    return d <= 1e-3 * size + 1e-8
  }
  # Cuts the next number off the front of rest[side]; what stood before it is in text.
  function next_number(side,   number) {
    if (!match(rest[side], /-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/)) { text = rest[side]; rest[side] = ""; return "" }
    text = substr(rest[side], 1, RSTART - 1)
    number = substr(rest[side], RSTART, RLENGTH)
    rest[side] = substr(rest[side], RSTART + RLENGTH)
    return number
  }
  FILENAME == ARGV[1] { line[FNR] = $0; lines = FNR; next }
  {
    rest[1] = line[FNR]; rest[2] = $0
    gsub(/ +/, " ", rest[1]); gsub(/ +/, " ", rest[2])
    do {
      a = next_number(1); before = text
      b = next_number(2)
      real = is_real(a) || is_real(b)
      if (before != text || (a == "") != (b == "") || (real ? !near(a + 0, b + 0) : a != b)) { bad = 1; exit }
    } while (a != "")
  }
  END { exit bad || FNR != lines }'

result=0
compare() {  # KEPT NEW
  if cmp -s "$1" "$2" || LC_ALL=C awk "$alike" "$1" "$2"; then return; fi
  echo "the kept $(basename "$1") and the new one differ; if the new one is right, run tools/update-docs.sh:"
  diff "$1" "$2" || true
  result=1
}
compare "$kept" stdout
for file in *; do
  if [[ -e $(dirname "$kept")/$file ]]; then compare "$(dirname "$kept")/$file" "$file"; fi
done
exit "$result"
