#!/usr/bin/env bash
# Tests the checks of the pages on small trees: each must find what is wrong, and say where.
# shellcheck disable=SC2016,SC2317  # the ` and $ are text, and the functions are called by expect
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# expect STATUS TEXT COMMAND...: the exit status, and what must be in the output
expect() {
  local status=0 output
  output=$("${@:3}" 2>&1) || status=$?
  if [[ $status != "$1" || $output != *"$2"* ]]; then
    printf 'line %s: status %s\n%s\n' "${BASH_LINENO[0]}" "$status" "$output"
    failures=$((failures + 1))
  fi
}
same() {  # FILE FILE
  cmp -s "$1" "$2" || { printf 'line %s:\n%s\n' "${BASH_LINENO[0]}" "$(diff "$1" "$2")"; failures=$((failures + 1)); }
}

# --- weave.sh ---
tree=$work/tree
mkdir -p "$tree/tutorials/a" "$tree/docs"
printf 'int main() {\n  // [one]\n  f();\n\n    g();\n  // [two]\n  h();\n  // [end]\n}\n' > "$tree/tutorials/a/b.cpp"
printf 'x = 1.5\n' > "$tree/tutorials/a/b.out"
page() { printf 'Before.\n\n<!-- tutorials/a/b.cpp%s -->\n```cpp\n%s```\n\n<!-- tutorials/a/b.out -->\n```text\nx = 1.5\n```\nAfter.\n' "$1" "$2"; }
page ' [one]' $'old\n' > "$tree/README.md"
expect 1 'README.md does not show' "$here/weave.sh" --check "$tree"
expect 0 'updated README.md' "$here/weave.sh" "$tree"
page ' [one]' $'f();\n\n  g();\n' > "$work/right"
same "$tree/README.md" "$work/right"
expect 0 '' "$here/weave.sh" --check "$tree"
page ' [three]' '' > "$tree/README.md"
expect 1 'has no part [three]' "$here/weave.sh" "$tree"
page 'pp' '' > "$tree/README.md"
expect 1 'README.md:4: there is no file' "$here/weave.sh" "$tree"
printf '<!-- tutorials/a/b.out -->\nNo block.\n' > "$tree/README.md"
expect 1 'README.md:2: a block of code must follow' "$here/weave.sh" "$tree"
printf '<!-- tutorials/a/b.out -->\n```text\nx = 1\n' > "$tree/README.md"
expect 1 'has no end' "$here/weave.sh" "$tree"
printf 'Nothing.\n' > "$tree/README.md"
expect 1 'tutorials/a/b.out is shown on no page' "$here/weave.sh" --check "$tree"

# --- output_test.sh ---
prints() { printf '#!/bin/sh\nprintf "%%s\\n" "%s" > out.dot\nprintf "%%s\\n" "%s"\n' "${2:-}" "$1" > "$work/program"; chmod +x "$work/program"; }
keeps() { printf '%s\n' "$1" > "$tree/tutorials/a/b.out"; }
run() { "$here/output_test.sh" "$work/program" "$tree/tutorials/a/b.out"; }
keeps 'x =  1.50, 3 nodes, error 1.1e-10'
prints 'x =  1.50, 3 nodes, error 1.1e-10'; expect 0 '' run
prints 'x = 1.5001, 3 nodes, error -7e-12'; expect 0 '' run
prints 'x =  1.51, 3 nodes, error 1.1e-10'; expect 1 'b.out and the new one differ' run
prints 'x = -1.50, 3 nodes, error 1.1e-10'; expect 1 'differ' run
prints 'x =  1.50, 4 nodes, error 1.1e-10'; expect 1 'differ' run
prints 'x =  1.50, 3 edges, error 1.1e-10'; expect 1 'differ' run
prints 'x =  nan, 3 nodes, error 1.1e-10'; expect 1 'differ' run
prints ''; expect 1 'differ' run
keeps ''; prints 'x = 1'; expect 1 'differ' run
: > "$tree/tutorials/a/b.out"; expect 1 'differ' run
keeps 'x = 1.50, 3 nodes, error 1.1e-10'
prints $'x = 1.50, 3 nodes, error 1.1e-10\nmore'; expect 1 'differ' run
printf 'digraph\n' > "$tree/tutorials/a/out.dot"
prints 'x = 1.50, 3 nodes, error 1.1e-10' digraph; expect 0 '' run
prints 'x = 1.50, 3 nodes, error 1.1e-10' graph; expect 1 'out.dot and the new one differ' run
printf '#!/bin/sh\nexit 3\n' > "$work/program"; expect 3 '' run

# --- console.sh ---
printf '#!/bin/sh\ncat one.gr; exit "$1"\n' > "$work/gradus"; chmod +x "$work/gradus"
printf 'x * y\n' > "$tree/tutorials/a/one.gr"
session=$tree/tutorials/a/session.console
converse() { "$here/output_test.sh" "$here/console.sh" "$session" "$work/gradus" "$session"; }
printf '$ gradus 0\nx * y\n\n$ gradus 2 | sort; echo "a  b"\nx * y\na  b\n' > "$session"
expect 0 '' converse
printf '$ gradus 0\nx + y\n' > "$session"; expect 1 'session.console and the new one differ' converse
printf '$ gradus 2\nx * y\n(exit status 2)\n' > "$session"; expect 0 '' converse

# --- links_test.sh ---
links() { printf '%s\n' "$1" > "$tree/README.md"; "$here/links_test.sh" "$tree"; }
printf '# A heading: `code` (1)\n' > "$tree/docs/a.md"
expect 0 '' links '[a](docs/a.md) ![b](tutorials/a/b.out) <img src="docs/a.md"> [c](https://example.org/x)'
expect 0 '' links '[a](docs/a.md#a-heading-code-1)'
expect 1 'README.md: docs/a.md#other: there is no such heading' links '[a](docs/a.md#other)'
expect 1 'README.md: there is no docs/b.md' links '[a](docs/b.md)'
expect 1 'README.md: there is no x.svg' links '<img src="x.svg">'
expect 1 'README.md: /docs/a.md is an absolute path' links '[a](/docs/a.md)'
expect 1 'no links were found' links 'Nothing but `[code](none)`.'

exit $((failures > 0))
