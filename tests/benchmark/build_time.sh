#!/usr/bin/env bash
# How long a clean release build of library and command takes, and one after a change of an op; without ccache.
#   build_time.sh [FOLDER]    builds in FOLDER, or in a temporary one; JOBS=2 says how many compilers at a time
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-$(mktemp -d)}
[[ $# -gt 0 ]] || trap 'rm -rf "$folder"' EXIT
export CCACHE_DISABLE=1

cmake -S . -B "$folder" -G Ninja -D CMAKE_BUILD_TYPE=Release -D GRADUS_TESTS=OFF -D GRADUS_TUTORIALS=OFF >/dev/null
cmake --build "$folder" --target clean >/dev/null

timed() {
  local TIMEFORMAT="$1: %R s, processor time %U s + %S s"
  time cmake --build "$folder" --target gradus_tool -j "${JOBS:-2}" >/dev/null
}
timed "clean build"
for change in ops/activations.hpp ops/reductions.cpp; do
  # What was changed is told by its time alone; it is set back, so that no other build folder notices.
  was=$(stat -c %y "lib/gradus/$change")
  touch "lib/gradus/$change"
  timed "after a change of $change"
  touch -d "$was" "lib/gradus/$change"
done
