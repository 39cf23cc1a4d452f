#!/usr/bin/env bash
# Runs the real demo from another directory and looks at every file that it leaves.
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$source/tools/demo.sh" out

cd out
# first FILE PATTERN: the file's first line matches
first() { head -n 1 "$1" | grep -Eq -- "$2" || { echo "$1 does not begin with $2" >&2; exit 1; }; }
first loss.dot '^(strict )?digraph'
first gradient.dot '^(strict )?digraph'
first training.jsonl '^\{.*\}$'
first loss.svg '<\?xml|<svg'
first gradient.svg '<\?xml|<svg'
# 784 * 128 + 128 + 128 * 10 + 10 float parameters
(($(wc -c <digits.safetensors) >= 4 * 101770)) || { echo "digits.safetensors is too small" >&2; exit 1; }
(($(wc -l <gradient.dot) > $(wc -l <loss.dot))) || { echo "the gradient is no larger than the loss" >&2; exit 1; }
echo "the demo left what it promised"
