#!/usr/bin/env bash
# Trains the four networks whose test accuracy is known, on the whole MNIST and Fashion-MNIST sets, three
# seeds each, and compares the medians with what they must reach. Not a unit test: it takes minutes and
# needs the data (tools/fetch-data.sh). Run it from anywhere after tools/test.sh has built the release:
#   tests/accuracy/whole_sets.sh DIR [THREADS]     DIR holds mnist/ and fashion-mnist/
set -euo pipefail
data=${1:?usage: whole_sets.sh DIR [THREADS]}
threads=${2:-$(nproc)}
gradus=${GRADUS:-$(dirname "${BASH_SOURCE[0]}")/../../build/release/tools/gradus}
failures=0

# run NAME LEAST OPTIONS...: the last epoch's test accuracy for seeds 1, 2 and 3; their median must be
# at least LEAST percent.
run() {
  local name=$1 least=$2 accuracies=() seconds=() line
  shift 2
  for seed in 1 2 3; do
    line=$("$gradus" train --data "$data" --threads "$threads" --seed "$seed" --json "$@")
    accuracies+=("$(grep -o '"test_accuracy": [0-9.]*' <<<"$line" | tail -1 | awk '{printf "%.2f", 100 * $2}')")
    seconds+=("$(grep -o '"seconds": [0-9.]*' <<<"$line" | awk '{s += $2} END {printf "%.1f", s}')")
  done
  median=$(printf '%s\n' "${accuracies[@]}" | sort -n | sed -n 2p)
  verdict=ok
  if awk "BEGIN {exit !($median < $least)}"; then verdict="TOO LOW"; failures=$((failures + 1)); fi
  printf '%-58s %s%% (%s), at least %s%%, %s s: %s\n' "$name" "$median" "${accuracies[*]}" "$least" \
    "${seconds[*]}" "$verdict"
}

run "MNIST 784-128-10 relu, sgd 0.1, batch 32, 10 epochs" 97.5 \
  --dataset mnist --layers 784,128,10 --epochs 10
# The reference takes the images in the order of the file. At batch 1 and this rate the last steps still
# move the weights by much, and a new order in each epoch costs two to three percent.
run "Fashion 784-400-10 sigmoid, ones column, N(0,1), batch 1" 82.4 \
  --dataset fashion-mnist --layers 784,400,10 --activation sigmoid --bias ones --init normal \
  --lr 0.01 --batch 1 --epochs 3 --order file
run "Fashion 784-400-10 sigmoid, Glorot uniform, batch 32" 78.0 \
  --dataset fashion-mnist --layers 784,400,10 --activation sigmoid --init xavier-uniform \
  --lr 0.01 --batch 32 --epochs 3
run "Fashion 784-500-300-100-10 relu, batch 32, 15 epochs" 88.0 \
  --dataset fashion-mnist --layers 784,500,300,100,10 --lr 0.01 --batch 32 --epochs 15
exit $((failures > 0))
