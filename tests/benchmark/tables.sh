#!/usr/bin/env bash
# tables.sh BENCH [PEERS]: prints the tables of docs/performance.md about training as Markdown.
#
# BENCH is gradus_bench. PEERS is a folder in which mlp_torch, built on libtorch, prints the same lines
# as `gradus_bench train`; without it these columns are left out. DATA, THREADS and ROUNDS come from the
# environment. Two threads need both cores idle.
set -euo pipefail

bench=${1:?usage: tables.sh BENCH [PEERS]}
peers=${2:-}
data=(${DATA:+--data "$DATA"})
rows="a1 a32 a128 b32 c100 d128"

# value KEY: of the key=value line on standard input
value() { grep -o " $1=[^ ]*" | head -1 | cut -d= -f2; }
title() {
  case $1 in
    a*) echo "784-400-10 sigmoid, ${1#a}" ;;
    b*) echo "784-500-300-100-10 relu, ${1#b}" ;;
    c*) echo "784-16-16-10 sigmoid, squares, ${1#c}" ;;
    d*) echo "784-128-10 relu, ${1#d}" ;;
  esac
}

# torch ROW THREADS OPTION...: its milliseconds; the fastest BLAS of Debian's with more than one thread
torch() {
  local row=$1 threads=$2
  shift 2
  (cd "$peers" && env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OMP_NUM_THREADS="$threads" \
    BLIS_NUM_THREADS="$threads" LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/blis-openmp \
    build/mlp_torch --model "${row:0:1}" --batch "${row:1}" --threads "$threads" "$@") |
    value ms_per_step
}

date -u +%Y-%m-%d
grep -m1 "model name" /proc/cpuinfo | cut -d: -f2
for threads in ${THREADS:-1 2}; do
  "$bench" machine --threads "$threads"
done

for threads in ${THREADS:-1 2}; do
  printf '\nms a step, float, threads: %s\n\n' "$threads"
  printf '| network, batch | Gradus | floor | ratio | spread |%s\n' \
    "${peers:+ libtorch at its best | as people write it |}"
  printf -- '|---|---|---|---|---|%s\n' "${peers:+---|---|}"
  for row in $rows; do
    line=$("$bench" compare --rows "$row" --threads "$threads" --rounds "${ROUNDS:-11}" "${data[@]}" |
      grep ^ratio)
    printf '| %s | %s | %s (%s) | %s | %s to %s |' "$(title "$row")" "$(value gradus_ms <<<"$line")" \
      "$(value floor_ms <<<"$line")" "$(value floor <<<"$line")" "$(value to_floor <<<"$line")" \
      "$(value to_floor_min <<<"$line")" "$(value to_floor_max <<<"$line")"
    if [[ $peers ]]; then
      printf ' %s | %s |' "$(torch "$row" "$threads" --raw 1)" "$(torch "$row" "$threads")"
    fi
    printf '\n'
  done
done

printf '\nOne step, float, one thread, against what the machine allows:\n\n'
machine=$("$bench" machine)
fma=$(value fma_gflops_f32 <<<"$machine")
l2=$(value l2_gb_per_s <<<"$machine")
printf '| network, batch | ops | MFLOP | MB moved | FLOP a byte | bound by FMA, ms | by L2, ms | ms | of the bound |\n'
printf -- '|---|---|---|---|---|---|---|---|---|\n'
for row in $rows; do
  line=$("$bench" train --model "${row:0:1}" --batch "${row:1}" "${data[@]}")
  awk -v title="$(title "$row")" -v ops="$(value launches <<<"$line")" \
    -v flops="$(value flops <<<"$line")" -v bytes="$(value bytes_moved <<<"$line")" \
    -v ms="$(value ms_per_step <<<"$line")" -v fma="$fma" -v l2="$l2" 'BEGIN {
      by_fma = flops / fma / 1e6; by_l2 = bytes / l2 / 1e6
      bound = by_fma > by_l2 ? by_fma : by_l2
      printf "| %s | %d | %.2f | %.2f | %.1f | %.4f | %.4f | %.4f | %.0f%% |\n", title, ops, flops / 1e6,
        bytes / 1e6, flops / bytes, by_fma, by_l2, ms, 100 * bound / ms }'
done

printf '\nMemory of a step, float:\n\n| network, batch | peak, KiB | lifetimes allow, KiB | ratio |\n|---|---|---|---|\n'
for row in $rows; do
  line=$("$bench" train --model "${row:0:1}" --batch "${row:1}" --secs 0.01 --reps 1 "${data[@]}")
  awk -v title="$(title "$row")" -v peak="$(value peak_bytes <<<"$line")" \
    -v least="$(value least_bytes <<<"$line")" 'BEGIN {
      printf "| %s | %.0f | %.0f | %.2f |\n", title, peak / 1024, least / 1024, peak / least }'
done
