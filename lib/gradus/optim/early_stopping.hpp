/// When to stop: when validation gets no better.
#pragma once

#include <limits>

#include "gradus/base/shape.hpp"

namespace gradus::optim {

/// Follows a loss that is measured on examples which nothing is trained on, and says when to stop:
/// when it was no better than the best for `patience` measurements in a row. Goodfellow, Bengio and
/// Courville, "Deep learning", 2016, algorithm 7.1.
///
///   optim::EarlyStopping stopping(3);
///   while (!stopping.stops()) {
///     train_an_epoch();
///     if (stopping.improved(validation_loss())) best = copy_of_parameters();
///   }
class EarlyStopping {
 public:
  /// Throws InputError for a patience below 1.
  explicit EarlyStopping(Index patience);

  /// Tells the next measurement. True if it is the best so far, by any margin: then is the time to
  /// keep a copy of the parameters. A NaN is no better than anything.
  bool improved(double loss);

  bool stops() const { return waited() >= patience_; }
  /// Measurements so far.
  Index measured() const { return measured_; }
  /// The best one, counted from 1; 0 before there is one.
  Index best() const { return best_; }
  double best_loss() const { return best_loss_; }  ///< infinite before there is one
  /// How many came after the best one.
  Index waited() const { return measured_ - best_; }

  /// Goes on as if these had been measured: what a checkpoint keeps. Throws InputError unless 0 <=
  /// best <= measured.
  void restore(Index measured, Index best, double best_loss);

 private:
  Index patience_;
  Index measured_ = 0;
  Index best_ = 0;
  double best_loss_ = std::numeric_limits<double>::infinity();
};

}  // namespace gradus::optim
