#!/usr/bin/env bash
# Builds a small program against Gradus, as its users do, and runs it.
#   run.sh installed BUILD_DIR      installs BUILD_DIR and uses find_package(gradus); also compiles
#                                   every installed header by itself
#   run.sh subdirectory BUILD_DIR   uses add_subdirectory
# BUILD_DIR's compiler is used, since a static library with OpenMP needs that compiler's runtime.
set -euo pipefail
how=${1:?usage: run.sh installed|subdirectory BUILD_DIR}
build=$(cd "${2:?usage: run.sh installed|subdirectory BUILD_DIR}" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
compiler=$(cached CMAKE_CXX_COMPILER)
options=(-G "$(cached CMAKE_GENERATOR)" "-DCMAKE_CXX_COMPILER=$compiler" -DCMAKE_BUILD_TYPE=Release)

case $how in
  installed)
    cmake --install "$build" --prefix "$work/first" >/dev/null
    mv "$work/first" "$work/prefix"  # it must not matter where the prefix is
    include=$work/prefix/include
    find "$include" -name '*.hpp' -print0 |
      xargs -0 -P "$(nproc)" -I{} "$compiler" -std=c++20 -Wall -Wextra -Werror -fsyntax-only -x c++ \
        -Wno-unknown-pragmas -I "$include" -include {} /dev/null
    echo "$(find "$include" -name '*.hpp' | wc -l) installed headers compile by themselves"
    if [[ -x $work/prefix/bin/gradus ]]; then "$work/prefix/bin/gradus" --help >/dev/null; fi
    options+=("-DCMAKE_PREFIX_PATH=$work/prefix")
    ;;
  subdirectory)
    launcher=$(cached GRADUS_CCACHE)
    # With the same flags, ccache has most of the objects, those with precompiled headers if it may.
    export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}
    options+=("-DGRADUS_SOURCE_DIR=$(cached CMAKE_HOME_DIRECTORY)" "-DGRADUS_WERROR=$(cached GRADUS_WERROR)")
    if [[ -x $launcher ]]; then options+=("-DCMAKE_CXX_COMPILER_LAUNCHER=$launcher"); fi
    ;;
  *) echo "run.sh: unknown way $how" >&2; exit 2 ;;
esac

cmake -S "$here/$how" -B "$work/build" --log-level=WARNING "${options[@]}"
cmake --build "$work/build" --parallel "$(nproc)"
"$work/build/consumer"
