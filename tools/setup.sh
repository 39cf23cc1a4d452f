#!/usr/bin/env bash
# Installs what Gradus is built with, on Debian and Ubuntu. Touches nothing, and needs no network,
# when all of it is there.
#   tools/setup.sh         to build, test and use Gradus
#   tools/setup.sh --ci    also what .ci/run checks with: clang, clang-format, shellcheck, KaTeX, codespell, a browser
set -euo pipefail

packages=(
  g++ cmake ninja-build
  libboost-dev                  # headers: Align, Graph, Multiprecision, Random; Math for the tests
  libboost-program-options-dev  # the gradus command
  libfmt-dev zlib1g-dev
  catch2                        # the tests
  graphviz                      # draws the graphs that Gradus writes
)
# Draws curves. The gnuplot that is here already, with windows or without, will do.
command -v gnuplot >/dev/null || packages+=(gnuplot-nox)
ci=
case ${1:-} in
  '') ;;
  --ci)
    ci=yes
    packages+=(ccache clang clang-format libomp-dev git nlohmann-json3-dev shellcheck)
    packages+=(katex codespell)  # formulas and spelling of the pages
    # For the tests of the pages; those that are here already, from wherever, will do.
    command -v chromium >/dev/null || packages+=(chromium)
    command -v node >/dev/null || packages+=(nodejs)
    command -v npm >/dev/null || packages+=(npm)
    ;;
  *) echo "usage: tools/setup.sh [--ci]" >&2; exit 2 ;;
esac

# Without apt, or the right to use it, the build may still find everything in another way.
go_on_by_hand() {
  echo "setup: $1. Gradus needs, by their Debian names: ${packages[*]}" >&2
  local tool absent=()
  for tool in c++ cmake ninja; do
    command -v "$tool" >/dev/null || absent+=("$tool")
  done
  if ((${#absent[@]})); then
    echo "setup: install these first: ${absent[*]}" >&2
    exit 1
  fi
  echo "setup: going on with the c++, cmake and ninja that are here" >&2
  exit 0
}

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  go_on_by_hand "this system has no apt"
fi

# A package that was removed is still listed, with another status. Unknown ones are not listed.
# shellcheck disable=SC2016  # the ${...} are dpkg-query's
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null |
            sed -n 's/^installed //p' || true)
missing=()
for package in "${packages[@]}"; do
  grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done
if ((${#missing[@]})); then
  as_root=()
  if (($(id -u) != 0)); then
    command -v sudo >/dev/null || go_on_by_hand "missing: ${missing[*]}; only root or sudo can install them"
    as_root=(sudo)
  fi
  echo "setup: installing ${missing[*]}"
  apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}"
fi

# What drives the browser. npm writes the second file when it has installed the first.
pages=${BASH_SOURCE[0]%/*}/../tests/page
if [[ $ci && $pages/package-lock.json -nt $pages/node_modules/.package-lock.json ]]; then
  npm ci --prefix "$pages" --ignore-scripts --no-audit --no-fund --loglevel=error
fi
