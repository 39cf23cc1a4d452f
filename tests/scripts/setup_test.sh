#!/usr/bin/env bash
# Tests tools/setup.sh where apt, dpkg-query, sudo and id are stand-ins: nothing is installed.
# shellcheck disable=SC2016  # the $... in quotes are the stand-ins'
set -euo pipefail
setup=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/tools/setup.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

stand_in() { printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"; chmod +x "$work/bin/$1"; }
# machine USER_ID: all packages are installed, and each command that runs as root is written to log.
machine() {
  rm -rf "${work:?}"/*
  mkdir "$work/bin"
  : >"$work/log"
  local tool
  for tool in bash sh sed grep env; do ln -s "$(command -v "$tool")" "$work/bin/"; done
  for tool in c++ cmake ninja gnuplot chromium node; do stand_in "$tool" 'exit 0'; done
  stand_in npm "echo npm \"\$@\" >>'$work/log'"
  stand_in id "echo $1"
  stand_in apt-get "echo apt-get \"\$@\" >>'$work/log'"
  stand_in sudo "echo sudo >>'$work/log'; exec \"\$@\""
  stand_in dpkg-query 'shift 3; for p; do echo "installed $p"; done'
}
# lacks PACKAGE: dpkg-query does not know it, and fails, as it does for an unknown package.
lacks() { stand_in dpkg-query "shift 3; for p; do [ \"\$p\" = $1 ] || echo \"installed \$p\"; done; exit 1"; }
# expect STATUS TEXT LOG_PATTERN [ARGUMENT]: setup.sh's exit status, what it says, and what it ran
expect() {
  local status=0 output
  output=$(PATH=$work/bin "$work/bin/bash" "$setup" "${@:4}" 2>&1 </dev/null) || status=$?
  # shellcheck disable=SC2053  # $3 is a pattern
  if [[ $status != "$1" || $output != *"$2"* || $(tr '\n' ' ' <"$work/log") != $3 ]]; then
    printf 'line %s: status %s\n%s\n-- ran:\n%s\n' "${BASH_LINENO[0]}" "$status" "$output" "$(cat "$work/log")"
    failures=$((failures + 1))
  fi
}

machine 0
expect 0 '' ''
expect 0 '' '?(npm ci*)' --ci  # if it is not there yet
machine 0
expect 2 'usage' '' --everything

machine 0; lacks catch2
expect 0 'setup: installing catch2' 'apt-get*update apt-get*install -y --no-install-recommends catch2 '
machine 0; lacks gnuplot-nox
expect 0 '' ''  # another gnuplot is here
machine 0; lacks gnuplot-nox; rm "$work/bin/gnuplot"
expect 0 'setup: installing gnuplot-nox' '*install*gnuplot-nox '
machine 0; lacks katex
expect 0 '' ''
expect 0 'setup: installing katex' '*install*katex ?(npm ci*)' --ci
machine 0; lacks clang
expect 0 '' ''
expect 0 'setup: installing clang' 'apt-get*update apt-get*install -y*clang ?(npm ci*)' --ci
machine 0; lacks nodejs; rm "$work/bin/node"
expect 0 'setup: installing nodejs' '*install*nodejs ?(npm ci*)' --ci

machine 0  # removed, but still listed
stand_in dpkg-query 'shift 3; for p; do case $p in graphviz) echo "config-files $p";; *) echo "installed $p";; esac; done'
expect 0 'setup: installing graphviz' '*install*graphviz '

machine 1000; lacks catch2
expect 0 'setup: installing catch2' 'sudo apt-get*update sudo apt-get*install*catch2 '
machine 1000; lacks catch2; rm "$work/bin/sudo"
expect 0 'missing: catch2' ''
machine 0; rm "$work/bin/apt-get"
expect 0 'libfmt-dev' ''
machine 0; rm "$work/bin/apt-get" "$work/bin/ninja"
expect 1 'install these first: ninja' ''

machine 0; lacks catch2; stand_in apt-get 'echo "E: no network" >&2; exit 100'
expect 100 'no network' ''

exit $((failures > 0))
