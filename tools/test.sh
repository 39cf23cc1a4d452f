#!/usr/bin/env bash
# Builds Gradus and runs its whole test suite, from any directory.
#   tools/test.sh [--preset NAME] [arguments for ctest]
# For example `tools/test.sh -R tape`, or `tools/test.sh --preset asan` (see CMakePresets.json).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=release
if [[ ${1:-} == --preset ]]; then
  preset=${2:?--preset needs a name from CMakePresets.json}
  shift 2
fi

tools/setup.sh
started=$SECONDS
jobs=$(nproc)
cmake --preset "$preset"
cmake --build "build/$preset" --parallel "$jobs"
built=$SECONDS
result=0
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --parallel "$jobs" "$@" || result=$?
echo "timings ($preset): build $((built - started)) s, tests $((SECONDS - built)) s"
exit "$result"
