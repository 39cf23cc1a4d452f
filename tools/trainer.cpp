#include "trainer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "gradus/data/batches.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/clipping.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"

namespace gradus::tools {
namespace {

/// In one precision. The tape holds the network once for each number of images; the executors share
/// the parameters.
template <Real T>
class TrainerOf final : public Trainer {
 public:
  TrainerOf(const TrainSpec& spec, std::span<const Index> step_sizes,
            std::span<const Index> score_sizes, Random& random)
      : spec_(spec),
        mlp_(tape_, spec.model.options(), random),
        optimizer_(optim::find_rule(spec.optimizer), mlp_.parameters(), spec.rate,
                   spec.coefficients) {
    kept_ = mlp_.parameters();
    for (const Var v : kept_) parameter_names_.emplace_back(v.name());
    kept_.insert(kept_.end(), optimizer_.state().begin(), optimizer_.state().end());
    for (const Index size : step_sizes) {
      Recorded step = record(size);
      const std::array outputs{step.model.loss};
      std::vector<Var> gradients = gradient(step.model.loss, mlp_.parameters());
      if (spec.clip > 0) gradients = optim::clip_by_norm(gradients, spec.clip);
      step.updates = optimizer_.updates(gradients);
      const Program program(outputs, step.updates, spec.passes);
      add(steps_, std::move(step), program);
    }
    for (const Index size : score_sizes) {
      Recorded score = record(size);
      const Program program({argmax(score.model.z), score.model.loss}, {}, spec.passes);
      add(scores_, std::move(score), program);
    }
  }

  double step(const data::Dataset& set, Rows rows, double rate) override {
    Recorded& step = fill(steps_, set, rows);
    set_rate(*step.executor, rate);
    step.executor->run();
    return static_cast<double>(step.executor->item(0));
  }

  std::optional<std::string> step_that_looks(const data::Dataset& set, Rows rows,
                                             double rate) override {
    const Values before = values();
    Recorded& step = fill(steps_, set, rows);
    set_rate(*step.executor, rate);
    const std::optional<NodeId> node = step.executor->run_checked();
    if (!node) return std::nullopt;
    set_values(before, "the values before a step");
    // Several ops that run as one hide which of them it was: now run them as they were recorded.
    const std::array outputs{step.model.loss};
    Executor<T> executor(Program(outputs, step.updates, Passes::as_recorded()), *step.executor);
    executor.bind(step.model.x, step.x);
    executor.bind(step.model.target, step.t);
    set_rate(executor, rate);
    const std::string found = describe(executor.run_checked().value_or(*node));
    set_values(before, "the values before a step");
    return found;
  }

  Score score(const data::Dataset& set, Rows rows) override {
    Recorded& recorded = fill(scores_, set, rows);
    recorded.executor->run();
    const View<const T> guess = recorded.executor->output(0);
    Index right = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      right += guess.data[i] == static_cast<T>(set.labels[static_cast<std::size_t>(rows[i])]);
    }
    return {static_cast<double>(recorded.executor->item(1)) * static_cast<double>(rows.size()),
            right};
  }

  Values values() override {
    Values all;
    for (const Var v : kept_) {
      all.emplace(v.name(), Tensor<T>(v.shape(), std::span<const T>(parameters().leaf(v))));
    }
    return all;
  }

  void set_values(const Values& values, const std::string& from) override {
    for (const Var v : kept_) {
      const std::string name(v.name());
      const auto found = values.find(name);
      const auto* tensor = found == values.end() ? nullptr : std::get_if<Tensor<T>>(&found->second);
      if (!tensor) {
        throw InputError(
            fmt::format("{} has no tensor {} of the precision {}", from, name, spec_.precision));
      }
      if (tensor->shape() != v.shape()) {
        throw InputError(fmt::format("{}: {} has shape {}, but that of this network has {}", from,
                                     name, to_string(tensor->shape()), to_string(v.shape())));
      }
      parameters().set(v, tensor->span());
    }
  }

  bool is_finite() override {
    return std::all_of(kept_.begin(), kept_.end(), [&](Var v) {
      const auto elements = parameters().leaf(v);
      return std::all_of(elements.begin(), elements.end(), [](T x) { return std::isfinite(x); });
    });
  }

 private:
  /// The network for one number of images, and the memory that these are copied to.
  struct Recorded {
    RecordedModel model;
    Tensor<T> x, t;
    std::unique_ptr<Executor<T>> executor;
    std::vector<Update> updates;
  };

  Recorded record(Index batch) {
    RecordedModel model = record_model(tape_, mlp_, spec_.model, batch);
    return {model, Tensor<T>(model.x.shape()), Tensor<T>(model.target.shape()), nullptr, {}};
  }

  /// Gives it an executor; the first one's parameters are those of all others.
  void add(std::vector<Recorded>& list, Recorded recorded, Program program) {
    recorded.executor = steps_.empty()
                            ? std::make_unique<Executor<T>>(std::move(program))
                            : std::make_unique<Executor<T>>(std::move(program), parameters());
    recorded.executor->bind(recorded.model.x, recorded.x);
    recorded.executor->bind(recorded.model.target, recorded.t);
    list.push_back(std::move(recorded));  // the tensors' elements stay where they are
  }

  Executor<T>& parameters() { return *steps_.front().executor; }

  /// Copies these images and their classes to where the executor for so many reads them. The set
  /// stays in bytes, as floats would take four times the memory.
  Recorded& fill(std::vector<Recorded>& list, const data::Dataset& set, Rows rows) {
    Recorded& recorded = *std::find_if(list.begin(), list.end(), [&](const Recorded& r) {
      return r.x.shape()[0] == static_cast<Index>(rows.size());
    });
    data::gather_features(set, rows, spec_.model.ones_column(), recorded.x.span());
    const Index classes = recorded.t.shape()[1];
    std::fill(recorded.t.begin(), recorded.t.end(), T{0});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      recorded.t[static_cast<Index>(i) * classes + set.labels[static_cast<std::size_t>(rows[i])]] =
          1;
    }
    return recorded;
  }

  void set_rate(Executor<T>& executor, double exact) {
    const T rate = static_cast<T>(exact);
    executor.set(optimizer_.rate(), std::span<const T>(&rate, 1));
  }

  std::string describe(NodeId node) const {
    const std::string scope = tape_.scope_path(tape_.scope_of(node));
    std::string text =
        fmt::format("{} turned NaN or infinite first: op {}, scope {}", tape_.label(node),
                    tape_.op(node).name(), scope.empty() ? "(outermost)" : scope);
    if (tape_.node(node).adjoint_of != no_node) {
      text += fmt::format(", part of the gradient of {}", tape_.label(tape_.node(node).adjoint_of));
    }
    std::string inputs;
    for (const NodeId operand : tape_.operands(node)) {
      inputs += fmt::format("{}{}:{}", inputs.empty() ? "" : ", ", tape_.label(operand),
                            to_string(tape_.shape(operand)));
    }
    if (!inputs.empty()) text += ", inputs " + inputs;
    return text;
  }

  const TrainSpec& spec_;
  Tape tape_;
  nn::Mlp mlp_;
  optim::Optimizer optimizer_;
  std::vector<Var> kept_;  // parameters, then the optimiser's state
  std::vector<Recorded> steps_, scores_;
};

}  // namespace

std::unique_ptr<Trainer> Trainer::make(const TrainSpec& spec, std::span<const Index> step_sizes,
                                       std::span<const Index> score_sizes, Random& random) {
  if (spec.precision == "f64") {
    return std::make_unique<TrainerOf<double>>(spec, step_sizes, score_sizes, random);
  }
  return std::make_unique<TrainerOf<float>>(spec, step_sizes, score_sizes, random);
}

}  // namespace gradus::tools
