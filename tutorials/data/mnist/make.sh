#!/usr/bin/env bash
# Cuts the subset in this folder out of the whole MNIST: the first 10,000 training and the first
# 2,000 test digits, in their order. The same input gives the same bytes (GNU gzip).
#   make.sh WHOLE [OUT]    WHOLE: a directory with the four files, plain or gzipped
#                          OUT: where to write; by default the folder of this script
set -euo pipefail

if [[ $# -lt 1 || $# -gt 2 ]]; then
  echo "usage: make.sh WHOLE [OUT]" >&2
  exit 2
fi
whole=$1
out=${2:-$(dirname "$0")}
mkdir -p "$out"

contents() {  # FILE: its bytes, from the plain or the gzipped file
  if [[ -e $whole/$1 ]]; then cat "$whole/$1"; else gzip -dc "$whole/$1.gz"; fi
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cut_idx() {  # FILE HEADER_BYTES ITEM_BYTES COUNT
  local file=$1 size=$(($2 + $3 * $4)) count=$4
  contents "$file" > "$work/whole"
  if [[ $(wc -c < "$work/whole") -lt $size ]]; then
    echo "make.sh: $file in $whole has fewer than $count items" >&2
    exit 1
  fi
  # shellcheck disable=SC2059  # the format is the new count, as four big-endian bytes
  {
    head -c 4 "$work/whole"
    printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' \
      $((count >> 24)) $((count >> 16 & 255)) $((count >> 8 & 255)) $((count & 255)))"
    head -c "$size" "$work/whole" | tail -c +9
  } | gzip -9 -n > "$work/$file.gz"
}

cut_idx train-images-idx3-ubyte 16 784 10000
cut_idx train-labels-idx1-ubyte 8 1 10000
cut_idx t10k-images-idx3-ubyte 16 784 2000
cut_idx t10k-labels-idx1-ubyte 8 1 2000
mv "$work"/*.gz "$out/"
