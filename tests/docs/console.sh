#!/usr/bin/env bash
# Runs the commands of a kept session again and prints each, and what it says now: what follows `$ ` at
# the start of a line is a command for the shell. A status other than 0 is printed behind it.
#   console.sh GRADUS KEPT.console    in an empty directory, to which it copies the formulas beside KEPT
set -euo pipefail
gradus=$(realpath "${1:?usage: console.sh GRADUS KEPT.console}")
kept=$(realpath "${2:?usage: console.sh GRADUS KEPT.console}")
PATH=$(dirname "$gradus"):$PATH
export COLUMNS=80
shopt -s nullglob
for formula in "$(dirname "$kept")"/*.gr; do cp "$formula" .; done

between=
while IFS= read -r line; do
  if [[ $line != '$ '* ]]; then continue; fi
  printf '%s%s\n' "$between" "$line"
  between=$'\n'
  status=0
  bash -c "${line#\$ }" 2>&1 < /dev/null || status=$?
  if ((status)); then printf '(exit status %d)\n' "$status"; fi
done < "$kept"
