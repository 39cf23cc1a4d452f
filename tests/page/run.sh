#!/usr/bin/env bash
# Runs a test of the pages in Chromium:  run.sh FILE_test.js FOLDER_OF_PAGES
# What is missing is named, and the test counts as skipped; where everything must be there (CI=true), it fails.
set -euo pipefail
test=${1:?usage: run.sh FILE_test.js FOLDER_OF_PAGES}
pages=$(cd "${2:?usage: run.sh FILE_test.js FOLDER_OF_PAGES}" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")"

lacks() {
  echo "The pages cannot be tested: $1 (tools/setup.sh --ci installs it)."
  if [[ ${CI:-} == true ]]; then exit 1; fi
  exit 77
}
command -v node > /dev/null || lacks "node is not installed"
if [[ -z ${CHROMIUM:-} ]]; then
  CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || lacks "chromium is not installed"
fi
[[ -d node_modules/playwright-core ]] || lacks "playwright-core is not installed; 'npm ci' in tests/page"
export CHROMIUM GRADUS_PAGES=$pages
exec node --test "$test"
