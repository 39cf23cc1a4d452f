#include "gradus/optim/early_stopping.hpp"

#include <fmt/core.h>

#include "gradus/base/error.hpp"

namespace gradus::optim {

EarlyStopping::EarlyStopping(Index patience) : patience_(patience) {
  if (patience < 1) {
    throw InputError(fmt::format("a patience of {}: it must be at least 1", patience));
  }
}

bool EarlyStopping::improved(double loss) {
  ++measured_;
  if (!(loss < best_loss_)) return false;
  best_ = measured_;
  best_loss_ = loss;
  return true;
}

void EarlyStopping::restore(Index measured, Index best, double best_loss) {
  if (best < 0 || best > measured) {
    throw InputError(
        fmt::format("the best of {} measurements cannot be number {}", measured, best));
  }
  measured_ = measured;
  best_ = best;
  best_loss_ = best_loss;
}

}  // namespace gradus::optim
