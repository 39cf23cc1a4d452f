#!/usr/bin/env bash
# Tests the course of tools/demo.sh with stand-ins for the build, the gradus command and Graphviz.
# The real demo, with the real command, is demo_run.sh.
# shellcheck disable=SC2016  # the $... in quotes are the stand-ins'
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

stand_in() { mkdir -p "$(dirname "$1")"; printf '#!/bin/sh\n%s\n' "$2" >"$1"; chmod +x "$1"; }
# A tree with nothing in it but the script and the stand-ins. gradus fails when its first argument
# is $fail, and else writes every file that it is asked for.
fresh() {
  rm -rf "${work:?}"/*
  mkdir -p "$work"/{tree/tools,tree/tutorials/data/mnist,bin,elsewhere}
  cp "$source/tools/demo.sh" "$work/tree/tools/"
  stand_in "$work/tree/tools/setup.sh" 'exit 0'
  stand_in "$work/tree/build/release/tools/gradus" '[ "$1" != "$fail" ] || { echo "gradus: cannot $1" >&2; exit 3; }
    while [ $# -gt 0 ]; do case $1 in --save | --log | -o) echo x >"$2" ;; esac; shift; done'
  stand_in "$work/bin/cmake" '[ "$fail" != cmake ]'
  stand_in "$work/bin/dot" 'echo x >"$4"'
  local tool
  for tool in bash sh mkdir dirname nproc cat; do ln -s "$(command -v "$tool")" "$work/bin/"; done
}
# expect STATUS TEXT FAIL [ARGUMENT...]: the demo's exit status and what it says when FAIL fails
expect() {
  local status=0 output
  output=$(cd "$work/elsewhere" && fail=$3 PATH=$work/bin "$work/tree/tools/demo.sh" "${@:4}" 2>&1) || status=$?
  if [[ $status != "$1" || $output != *"$2"* ]]; then
    printf 'line %s: status %s\n%s\n' "${BASH_LINENO[0]}" "$status" "$output"
    failures=$((failures + 1))
  fi
}
has() {
  local file
  for file; do
    [[ -s $work/elsewhere/$file ]] || { echo "line ${BASH_LINENO[0]}: there is no $file"; failures=$((failures + 1)); }
  done
}

fresh; expect 0 '== Done in' ''
has gradus-demo/{digits.safetensors,training.jsonl,loss.dot,loss.svg,gradient.dot,gradient.svg}
fresh; expect 0 "$work/elsewhere/my files" '' 'my files'
has "my files"/{digits.safetensors,gradient.svg}
fresh; rm "$work/bin/dot"; expect 0 'Graphviz is not installed' ''
has gradus-demo/gradient.dot
fresh; expect 1 'demo: stopped, because this failed: cmake' cmake
fresh; expect 1 'demo: stopped, because this failed: build/release/tools/gradus train' train
fresh; expect 1 'demo: stopped, because this failed: build/release/tools/gradus check' check
fresh; expect 1 'demo: stopped, because this failed: build/release/tools/gradus graph' graph
fresh; expect 2 'usage' '' --help
fresh; rm -r "$work/tree/tutorials"; expect 1 'tutorials/data/mnist is missing' ''

exit $((failures > 0))
