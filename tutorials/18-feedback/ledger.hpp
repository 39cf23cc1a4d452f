/// How much of a gradient is left, step by step back in time.
#pragma once

#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"

/// The norm of dy/d(state) after each step, as a share of that after the last one.
inline std::vector<double> ledger(gradus::Executor<double>& run) {
  run.run();
  std::vector<double> shares;
  const std::size_t last = run.program().outputs().size() - 1;
  for (std::size_t t = 0; t <= last; ++t) shares.push_back(run.item(t) / run.item(last));
  return shares;
}

// [norms]
/// What computes these norms, where y is the sum of all of `said`.
inline gradus::Program norms(gradus::Var said, const std::vector<gradus::Var>& states) {
  std::vector<gradus::Var> norms;
  for (const gradus::Var d : gradient(sum(said), states)) norms.push_back(sqrt(sum(square(d))));
  return gradus::Program(norms, gradus::Passes::all());
}
// [end]
