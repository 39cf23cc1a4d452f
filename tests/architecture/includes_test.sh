#!/usr/bin/env bash
# Tests the test: in a small tree of its own, includes.sh must pass what is right and name what is not.
set -euo pipefail
check=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/includes.sh
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
lib=$root/lib/gradus
failures=0

fresh() {
  rm -rf "$lib"
  mkdir -p "$lib"/{base,kernels,tape,ops,graph,nn,optim}
  echo '#include <vector>' >"$lib/base/error.hpp"
  printf '%s\n' '#include <omp.h>' '#pragma omp simd' '#include <immintrin.h>' 'omp_set_num_threads(2);' >"$lib/kernels/gemm.cpp"
  printf '%s\n' '#include <boost/graph/adjacency_list.hpp>' '#include "gradus/grad/gradient.hpp"' >"$lib/graph/dot.cpp"
  printf '%s\n' '// #pragma omp is for kernels/ alone' '#include "gradus/tape/tape.hpp"' >"$lib/tape/var.hpp"
  printf '%s\n' '#include "gradus/nn/mlp.hpp"' '#include "gradus/optim/sgd.hpp"' >"$lib/gradus.hpp"
}
# refuses FILE LINE WHY: with LINE in FILE, the check fails, and says where and why.
refuses() {
  fresh
  mkdir -p "$(dirname "$lib/$1")"
  printf '%s\n' '#include <string>' "$2" >"$lib/$1"
  local output
  if output=$("$check" "$root"); then
    echo "not refused in $1: $2"
    failures=$((failures + 1))
  elif ! grep -qF "lib/gradus/$1:" <<<"$output" || ! grep -qF "$3" <<<"$output"; then
    printf 'refused in %s: %s\nbut in other words:\n%s\n' "$1" "$2" "$output"
    failures=$((failures + 1))
  fi
}

fresh
"$check" "$root" || { echo "the right tree is refused"; failures=1; }

refuses base/shape.hpp '#include "gradus/tensor/tensor.hpp"' 'base may not include tensor'
refuses kernels/gemm.hpp '#include "gradus/tape/tape.hpp"' 'kernels may not include tape'
refuses tape/tape.cpp '  #  include <gradus/ops/ops.hpp>' 'tape may not include ops'
refuses nn/mlp.cpp '#include "gradus/optim/sgd.hpp"' 'nn may not include optim'
refuses ops/ops.hpp '#include "gradus/gradus.hpp"' 'ops may not include gradus.hpp'
refuses ops/tanh.inl '#include "gradus/run/program.hpp"' 'ops may not include run'
refuses nn/mlp.cpp '#include "../optim/sgd.hpp"' 'included as'
refuses nn/mlp.cpp '#include "../../../tools/args.hpp"' 'nothing from above'
refuses nn/mlp.cpp '#include <boost/graph/graphml.hpp>' 'Boost.Graph'
refuses nn/mlp.cpp '#include <boost/program_options.hpp>' 'Boost.Program_options'
refuses ops/sum.cpp '#pragma omp parallel for' 'OpenMP'
refuses ops/sum.cpp '#include <omp.h>' 'OpenMP'
refuses ops/sum.cpp 'int n = omp_get_max_threads();' 'OpenMP'
refuses ops/sum.cpp '#include <immintrin.h>' 'SIMD'
refuses ops/sum.cpp '  y = _mm256_add_ps(a, b);' 'SIMD'
refuses gradus.hpp '#pragma omp simd' 'OpenMP'
refuses misc/new.cpp '#include <vector>' 'has no row'

exit $((failures > 0))
