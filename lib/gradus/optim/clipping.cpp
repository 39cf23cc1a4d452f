#include "gradus/optim/clipping.hpp"

#include <fmt/core.h>

#include <cmath>

#include "gradus/base/error.hpp"
#include "gradus/ops/ops.hpp"

namespace gradus::optim {
namespace {

void check_limit(double limit) {
  if (!(limit > 0) || !std::isfinite(limit)) {
    throw InputError(
        fmt::format("gradients cannot be clipped to {}: it must be a positive number", limit));
  }
}

}  // namespace

Var global_norm(std::span<const Var> gradients) {
  if (gradients.empty()) throw Error("there is no norm of no gradients");
  const Tape::Scope scope = gradients[0].tape().scope("clip");
  Var squares = sum(square(gradients[0]));
  for (const Var g : gradients.subspan(1)) squares = squares + sum(square(g));
  return sqrt(squares).named("norm");
}

std::vector<Var> clip_by_norm(std::span<const Var> gradients, double limit) {
  check_limit(limit);
  const Var norm = global_norm(gradients);
  const Tape::Scope scope = norm.tape().scope("clip");
  const Var factor = limit / maximum(norm, limit);  // 1, and not nearly 1, within the limit
  std::vector<Var> clipped;
  for (const Var g : gradients) clipped.push_back(factor * g);
  return clipped;
}

std::vector<Var> clip_by_value(std::span<const Var> gradients, double limit) {
  check_limit(limit);
  std::vector<Var> clipped;
  for (const Var g : gradients) {
    const Tape::Scope scope = g.tape().scope("clip");
    clipped.push_back(maximum(minimum(g, limit), -limit));
  }
  return clipped;
}

}  // namespace gradus::optim
