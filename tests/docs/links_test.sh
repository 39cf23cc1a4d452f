#!/usr/bin/env bash
# Checks that what the Markdown pages link to is there: files, folders, pictures, and headings.
#   links_test.sh ROOT
# Links to other hosts are not followed: a test needs no network.
set -euo pipefail
cd "${1:?usage: links_test.sh ROOT}"

# The anchors of a page's headings, as GitHub makes them.
anchors() {
  awk '/^```/ { code = !code } !code && /^#+ / { sub(/^#+ /, ""); print tolower($0) }' "$1" |
    sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# PAGE <tab> TARGET, for every [text](target), ![text](target), src="target" and href="target"
# shellcheck disable=SC2016  # nothing in quotes is the shell's
links() {
  find . \( -name .git -o -name 'build*' -o -name gradus-demo \) -prune -o -name '*.md' -print |
    LC_ALL=C sort | while IFS= read -r page; do
      awk '/^```/ { code = !code } !code' "$page" | sed 's/`[^`]*`//g' |
        { grep -oE '\]\([^)]+\)|(src|srcset|href)="[^"]+"' || true; } |
        sed -E 's/^\]\(//; s/\)$//; s/^[a-z]+="//; s/"$//' |
        while IFS= read -r target; do printf '%s\t%s\n' "${page#./}" "$target"; done
    done
}

result=0
count=0
while IFS=$'\t' read -r page target; do
  count=$((count + 1))
  case $target in http://* | https://* | mailto:*) continue ;; esac
  path=${target%%#*}
  if [[ -z $path ]]; then
    file=$page
  elif [[ $path == /* ]]; then
    echo "$page: $target is an absolute path"
    result=1
    continue
  else
    file=$(dirname "$page")/$path
  fi
  if [[ ! -e $file ]]; then
    echo "$page: there is no $target"
    result=1
  elif [[ $target == *'#'* ]] && ! anchors "$file" | grep -qxF -- "${target#*#}"; then
    echo "$page: $target: there is no such heading"
    result=1
  fi
done < <(links)
if ((count == 0)); then
  echo "no links were found at all: this test is broken"
  result=1
fi
exit "$result"
