#!/usr/bin/env bash
# Checks that KaTeX compiles every formula of the Markdown pages, and that no formula is lost where Markdown is read first.
#   formulas_test.sh ROOT
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "${1:?usage: formulas_test.sh ROOT}"
shopt -s nullglob
pages=(README.md docs/*.md tutorials/*.md tutorials/*/*.md)

if ! command -v node > /dev/null; then
  echo "The formulas cannot be checked: node is not installed (tools/setup.sh --ci installs it)."
  if [[ ${CI:-} == true ]]; then exit 1; fi
  exit 77
fi
exec node "$here/katex.js" "${pages[@]}"
