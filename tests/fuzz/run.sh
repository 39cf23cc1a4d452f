#!/usr/bin/env bash
# Runs each fuzzer for some time, from the inputs in corpus/, and ends with status 1 if one found something.
#   tests/fuzz/run.sh SECONDS [TARGET...]    TARGET is the NAME of a NAME_fuzz.cpp; all of them if none is given
# What was found, and new inputs that reach new code, stay in build/fuzz/found/NAME. An input that shows an
# error that was fixed belongs into corpus/NAME: ctest replays it from then on.
set -euo pipefail

seconds=${1:?"usage: tests/fuzz/run.sh SECONDS [TARGET...]"}
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
targets=("$@")
if ((!${#targets[@]})); then
  for file in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$file" _fuzz.cpp)"); done
fi
cmake --preset fuzz --log-level=WARNING
cmake --build --preset fuzz --target "${targets[@]/%/_fuzz}"

status=0
for name in "${targets[@]}"; do
  found=build/fuzz/found/$name
  mkdir -p "$found/corpus"
  options=(-max_total_time="$seconds" -timeout=25 -rss_limit_mb=6000 -malloc_limit_mb=3000 -max_len=2000
           -use_value_profile=1 -print_final_stats=1 -artifact_prefix="$found/")
  if [[ -e tests/fuzz/$name.dict ]]; then options+=(-dict="tests/fuzz/$name.dict"); fi
  echo "== $name for $seconds s"
  "build/fuzz/tests/fuzz/${name}_fuzz" "${options[@]}" "$found/corpus" "tests/fuzz/corpus/$name" || status=1
done
exit "$status"
