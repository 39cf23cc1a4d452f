#!/usr/bin/env bash
# Puts the text of files into the code blocks of Markdown pages, so that what a page shows is what
# was compiled and what it printed. A block that follows a line
#   <!-- tutorials/guide/xor.cpp [record] -->
# holds the part of that file between `// [record]` and the next `// [...]`; without [record], all of
# it. Paths are from the root of the sources.
#   weave.sh ROOT            rewrites the pages: README.md, and those of docs/ and tutorials/
#   weave.sh --check ROOT    changes nothing; fails, and shows why, if a page would change, or if what
#                            a tutorial printed is shown on none
set -euo pipefail

check=0
if [[ ${1:-} == --check ]]; then check=1; shift; fi
cd "${1:?usage: weave.sh [--check] ROOT}"

# shellcheck disable=SC2016  # the $... are awk's
weave='
  function stop(why) {
    printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
    failed = 1
    exit 1
  }
  # Prints the part of a file that is asked for; code as far to the left as it goes.
  function insert(path, region,   line, inside, found, margin, status) {
    inside = region == ""
    found = inside
    margin = path ~ /[.][ch]pp$/ ? -1 : 0  # of what a program printed, columns stay where they are
    while ((status = (getline line < path)) > 0) {
      if (line ~ /^ *\/\/ \[[a-z-]+\]$/) {
        inside = region == "" || index(line, "// [" region "]") > 0
        found = found || inside
        continue
      }
      if (!inside) continue
      if (margin < 0) { match(line, /^ */); margin = RLENGTH }
      print substr(line, 1, margin) ~ /^ *$/ ? substr(line, margin + 1) : line
    }
    if (status < 0) stop("there is no file " path)
    close(path)
    if (!found) stop(path " has no part [" region "]")
  }
  {
    if (skipping) {
      if ($0 != "```") next
      skipping = 0
    }
    print
  }
  wanted != "" {
    if ($0 !~ /^```[a-z]/) stop("a block of code must follow the comment")
    insert(wanted, region)
    wanted = ""
    skipping = 1
  }
  /^<!-- [^ ]+\/[^ ]+( \[[a-z-]+\])? -->$/ {
    wanted = $2
    region = $3 == "-->" ? "" : substr($3, 2, length($3) - 2)
  }
  END { if (!failed && (skipping || wanted != "")) stop("a block of code has no end") }'

new=$(mktemp)
trap 'rm -f "$new"' EXIT
result=0
shopt -s nullglob
pages=(README.md docs/*.md tutorials/*.md tutorials/*/*.md)
for page in "${pages[@]}"; do
  LC_ALL=C awk "$weave" "$page" > "$new"
  if cmp -s "$page" "$new"; then continue; fi
  if ((check)); then
    echo "$page does not show what its programs say; tools/update-docs.sh brings it up to date:"
    diff "$page" "$new" || true
    result=1
  else
    cat "$new" > "$page"
    echo "updated $page"
  fi
done
for output in tutorials/*/*.out tutorials/*/*.console; do
  if grep -qF -- "<!-- $output" "${pages[@]}"; then continue; fi
  echo "$output is shown on no page"
  result=1
done
exit "$result"
