/// A network with its training step, compiled: what the training loop drives, in either precision.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/data/images.hpp"
#include "gradus/io/checkpoint.hpp"
#include "train_spec.hpp"

namespace gradus::tools {

/// How a network does on some images.
struct Score {
  double loss = 0;  ///< the sum of all images' losses
  Index right = 0;  ///< how many were told right
};

class Trainer {
 public:
  using Rows = std::span<const Index>;  ///< images by their numbers
  using Values = std::map<std::string, io::AnyTensor>;

  /// Draws the first weights. Steps and scores may be of so many images.
  static std::unique_ptr<Trainer> make(const TrainSpec& spec, std::span<const Index> step_sizes,
                                       std::span<const Index> score_sizes, Random& random);
  virtual ~Trainer() = default;

  /// Takes a step. Returns the loss of the weights before it.
  virtual double step(const data::Dataset& set, Rows rows, double rate) = 0;
  /// The same step with a look at every result. If one of them is not finite, the values are those
  /// before the step again, and what is returned says which op made it: "z turned NaN or infinite
  /// first: op matmul, scope layer2, inputs ...".
  virtual std::optional<std::string> step_that_looks(const data::Dataset& set, Rows rows,
                                                     double rate) = 0;
  virtual Score score(const data::Dataset& set, Rows rows) = 0;

  /// All that a step changes, by name: the parameters, and the optimiser's state.
  virtual Values values() = 0;
  /// Throws InputError for one that is missing, or of another shape or precision; `from` says whose
  /// they are.
  virtual void set_values(const Values& values, const std::string& from) = 0;
  virtual bool is_finite() = 0;
  const std::vector<std::string>& parameter_names() const { return parameter_names_; }

 protected:
  std::vector<std::string> parameter_names_;
};

}  // namespace gradus::tools
