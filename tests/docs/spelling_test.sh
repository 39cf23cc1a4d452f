#!/usr/bin/env bash
# Looks for misspelt words in the pages, and in what the sources say, by codespell's list of common mistakes.
#   spelling_test.sh ROOT
set -euo pipefail
cd "${1:?usage: spelling_test.sh ROOT}"
# What looks like a mistake and is none, in small letters.
known=(
  numer  # Numer. Math., a journal
  nin    # the end of a line and "In", in a string
)

if ! command -v codespell > /dev/null; then
  echo "The spelling cannot be checked: codespell is not installed (tools/setup.sh --ci installs it)."
  if [[ ${CI:-} == true ]]; then exit 1; fi
  exit 77
fi
# Tests are full of words that are wrong on purpose; data, pictures and what programs printed are not written by hand.
mapfile -d '' files < <(
  find README.md docs lib tools tutorials -type f \
    \( -name '*.md' -o -name '*.[ch]pp' -o -name '*.sh' -o -name '*.gp' -o -name '*.js' -o -name '*.html' -o -name '*.gr' \
       -o -name CMakeLists.txt \) -print0 | LC_ALL=C sort -z)
codespell --ignore-words-list "$(IFS=,; echo "${known[*]}")" -- "${files[@]}" || exit 1
