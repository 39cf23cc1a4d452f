/// How much of a gradient is left, step by step back in time.
#pragma once

#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"

/// What `norms` computes, each as a share of that for the last state.
inline std::vector<double> ledger(gradus::Executor<double>& run) {
  run.run();
  std::vector<double> shares;
  const std::size_t last = run.program().outputs().size() - 1;
  for (std::size_t t = 0; t <= last; ++t) shares.push_back(run.item(t) / run.item(last));
  return shares;
}

// [norms]
/// What computes the norms of the derivatives of sum(said), by each of these states.
inline gradus::Program norms(gradus::Var said, const std::vector<gradus::Var>& states) {
  std::vector<gradus::Var> norms;
  for (const gradus::Var d : gradient(sum(said), states)) norms.push_back(sqrt(sum(square(d))));
  return gradus::Program(norms, gradus::Passes::all());
}
// [end]
