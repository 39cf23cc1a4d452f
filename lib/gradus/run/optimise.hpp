/// The passes that rewrite a tape: fewer ops, and larger ones, for the same results.
#pragma once

#include "gradus/run/draft.hpp"
#include "gradus/run/passes.hpp"

namespace gradus {

/// What some outputs and updates need, after the passes that are chosen. Results are the same up to
/// rounding. Throws what Program throws.
Draft optimise(std::span<const Var> outputs, std::span<const Update> updates, Passes passes);

// --- The passes, each of a whole draft ---

/// An op on constants is done now, if its result is small.
Draft fold_constants(const Draft& draft);
/// x * 1, x + 0 and their like are x; products read what is transposed as it is; pointwise ops
/// broadcast what was broadcast before.
Draft simplify_algebra(const Draft& draft);
/// What is recorded twice is computed once.
Draft share_common_subexpressions(const Draft& draft);
/// Matrix products and the pointwise ops after them, and pointwise ops among themselves, become one
/// op; for `epilogues`, `accumulation`, `updates`, `chains` and `zeros`.
Draft fuse(const Draft& draft, Passes passes);

}  // namespace gradus
