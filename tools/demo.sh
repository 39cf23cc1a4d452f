#!/usr/bin/env bash
# Trains a network on handwritten digits, checks its gradients, and draws its loss and its gradient.
#   tools/demo.sh [DIRECTORY]    where the files go; ./gradus-demo unless it is given
set -euo pipefail
case ${1:-} in -*) echo "usage: tools/demo.sh [DIRECTORY]" >&2; exit 2 ;; esac

mkdir -p "${1:-gradus-demo}"
out=$(cd "${1:-gradus-demo}" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."
data=tutorials/data/mnist
network=784,128,10
gradus=build/release/tools/gradus

# step TEXT COMMAND...: says what it does, shows the command, and stops the demo if it fails.
step() {
  printf '\n== %s\n\n' "$1"
  shift
  printf '$ %s\n' "$*"
  "$@" || { printf '\ndemo: stopped, because this failed: %s\n' "$*" >&2; exit 1; }
}

if [[ ! -d $data ]]; then
  echo "demo: $data is missing; tools/fetch-data.sh brings it" >&2
  exit 1
fi
tools/setup.sh
step "Build the gradus command" cmake --preset release --log-level=WARNING
step "(this is quick the next time)" cmake --build build/release --parallel "$(nproc)" --target gradus_tool

step "Train a network on handwritten digits" "$gradus" train --data "$data" --layers "$network" \
  --epochs 5 --seed 1 --save "$out/digits.safetensors" --log "$out/training.jsonl"
step "Check the gradients of that trained network on some test digits against numeric ones" "$gradus" check \
  --load "$out/digits.safetensors" --data "$data"
step "Draw its loss as a graph" "$gradus" graph --model "mlp:$network" -o "$out/loss.dot"
step "Draw its gradient: more of the same graph" "$gradus" graph --model "mlp:$network" --gradient -o "$out/gradient.dot"
if command -v dot >/dev/null; then
  for graph in loss gradient; do
    step "Lay out $graph.dot with Graphviz" dot -Tsvg "$out/$graph.dot" -o "$out/$graph.svg"
  done
else
  printf '\nGraphviz is not installed, so there are no pictures; the .dot files are complete.\n'
fi

printf '\n== Done in %d s, in %s\n\n' "$SECONDS" "$out"
describe() { if [[ -e $out/$1 ]]; then printf '  %-20s %s\n' "$1" "$2"; fi; }
describe digits.safetensors "the trained network"
describe training.jsonl "loss and accuracy as it learned, one JSON object a line"
describe loss.dot "the loss: every operation from the pixels to one number"
describe loss.svg "the same as a picture; open it in a browser"
describe gradient.dot "the loss and its gradient"
describe gradient.svg "the same as a picture"
cat <<END

Next: $PWD/$gradus --help
                        lists everything else the command can do
      $PWD/docs/guide.md
                        shows the library, task by task, with programs to start from
END
