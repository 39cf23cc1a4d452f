#!/usr/bin/env bash
# Checks that arrows between the folders of lib/gradus only point down.
#   includes.sh ROOT    prints each offending line; fails if there is one
set -euo pipefail
cd "${1:?usage: includes.sh ROOT}"

# Whatever a folder may include, besides itself. The umbrella header may include everything.
arrows='
base:
tensor:  base
kernels: base tensor
tape:    base tensor
ops:     base tensor kernels tape
grad:    base tape ops
run:     base tensor tape ops
check:   base tensor tape ops grad run
graph:   base tensor tape ops grad run io
explain: base tensor tape ops grad run graph io
lang:    base tensor tape ops grad run nn
nn:      base tensor tape ops grad run
optim:   base tensor tape ops grad run
data:    base tensor
io:      base tensor
'

# shellcheck disable=SC2016  # the $... are awk's
find lib/gradus -name '*.[ch]pp' -o -name '*.inl' -o -name '*.h' | LC_ALL=C sort | tr '\n' '\0' |
  xargs -0 -r awk -v arrows="$arrows" '
    function wrong(why) {
      printf "%s:%d: %s\n    %s\n", FILENAME, FNR, why, $0
      bad = 1
    }
    BEGIN {
      count = split(arrows, lines, "\n")
      for (i = 1; i <= count; ++i) {
        words = split(lines[i], word, /[: ]+/)
        if (word[1] == "") continue
        known[word[1]] = 1
        for (j = 2; j <= words; ++j) if (word[j] != "") may[word[1], word[j]] = 1
      }
    }
    FNR == 1 {
      parts = split(FILENAME, part, "/")
      folder = parts > 3 ? part[3] : ""
      if (folder != "" && !(folder in known)) {
        wrong("the folder " folder " has no row in tests/architecture/includes.sh")
      }
    }
    match($0, /^[ \t]*#[ \t]*include[ \t]*["<][^">]*/) {
      target = substr($0, RSTART, RLENGTH)
      quoted = target ~ /"/
      sub(/.*["<]/, "", target)
      split(target, part, "/")
      if (target ~ /(^|\/)(tools|tests|tutorials)\//) {
        wrong("the library includes nothing from above it")
      } else if (quoted && part[1] != "gradus") {
        wrong("own headers are included as \"gradus/FOLDER/NAME\"")
      } else if (part[1] == "gradus" && folder != "" && part[2] != folder && !((folder, part[2]) in may)) {
        wrong(folder " may not include " part[2])
      }
      if (target ~ /^boost\/graph\// && folder != "graph") wrong("only graph/ knows Boost.Graph")
      if (target ~ /^boost\/program_options/) wrong("only tools/ knows Boost.Program_options")
    }
    folder != "kernels" && !/^[ \t]*\/\// {
      if (/#[ \t]*pragma[ \t]+omp|_Pragma[ \t]*\([ \t]*"omp|<omp\.h>|[^a-z_]omp_[a-z_]+[ \t]*\(/) {
        wrong("only kernels/ knows OpenMP")
      }
      if (/<[a-z0-9]*intrin\.h>|<arm_neon\.h>|[^a-zA-Z0-9_]_mm[0-9]*_/) wrong("only kernels/ knows SIMD")
    }
    END { exit bad }'
