#include "gradus/explain/quiz.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace gradus::explain {
namespace {

constexpr double tolerance = 0.01;

/// The slope of a share by which a single number is multiplied.
std::optional<double> slope(const Share& share) {
  if (share.slope.elements() != 1 || share.value.elements() != 1) return std::nullopt;
  return share.slope[0];
}

std::optional<double> upstream(const Walk& walk, const Share& share) {
  const Step* step = walk.step(Phase::backward, share.wire.to);
  if (!step || step->value.elements() != 1) return std::nullopt;
  return step->value[0];
}

void add_shares(std::vector<Mistake>& all, const Walk& walk, const Step& step) {
  const std::string name = walk.symbol(step.node).text();
  for (const Share& share : step.shares) {
    const std::string through = walk.symbol(share.wire.to).text();
    const double part = share.value[step.asked];
    if (step.shares.size() == 2) {
      all.push_back({part, fmt::format("That is what comes through {} alone. But {} is used twice, "
                                       "and both shares are added.",
                                       through, name)});
    } else {
      all.push_back(
          {step.answer - part, fmt::format("You forgot one of the {} uses: what comes through {}.",
                                           step.shares.size(), through)});
      all.push_back({part, fmt::format("That is what comes through {} alone: {} is used {} times.",
                                       through, name, step.shares.size())});
    }
  }
}

void add_factors(std::vector<Mistake>& all, const Walk& walk, const Step& step) {
  double slopes = 0;
  for (const Share& share : step.shares) {
    const auto local = slope(share);
    if (!local) return;
    slopes += *local;
  }
  if (step.shares.size() > 1) {
    all.push_back({slopes,
                   "Those are the local derivatives alone. Each is multiplied by the adjoint "
                   "that arrives from above."});
    return;
  }
  if (step.shares.empty()) return;
  all.push_back({slopes,
                 "That is the local derivative alone. Multiply it by the adjoint that "
                 "arrives from above."});
  if (const auto arrives = upstream(walk, step.shares[0])) {
    all.push_back({*arrives,
                   "That is the adjoint that arrives from above. Multiply it by the local "
                   "derivative."});
    all.push_back({*arrives + slopes, "The chain rule multiplies the two, it does not add them."});
    if (slopes != 0) {
      all.push_back({*arrives / slopes, "Multiply by the local derivative, do not divide by it."});
    }
  }
}

}  // namespace

bool is_right(double answer, double right) {
  if (std::isnan(right)) return std::isnan(answer);
  if (std::isinf(right)) return answer == right;
  // What is 0 but for round-off is answered by 0.
  return std::abs(answer - right) <= std::max(tolerance * std::abs(right), 1e-12);
}

std::vector<Mistake> mistakes(const Walk& walk, const Step& step) {
  std::vector<Mistake> all{{-step.answer, "The sign is wrong."}};
  if (step.shares.size() > 1) add_shares(all, walk, step);
  add_factors(all, walk, step);
  all.push_back({2 * step.answer, "That is twice as much."});
  all.push_back({step.answer / 2, "That is half of it."});
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const Mistake& m) {
                             return !std::isfinite(m.answer) || is_right(m.answer, step.answer);
                           }),
            all.end());
  return all;
}

Grade grade(const Walk& walk, const Step& step, double answer) {
  if (is_right(answer, step.answer)) {
    const std::string exact = number_text(step.answer, walk.digits);
    return {true, answer == step.answer ? "Right." : fmt::format("Right: it is {}.", exact)};
  }
  for (const Mistake& mistake : mistakes(walk, step)) {
    if (is_right(answer, mistake.answer)) return {false, mistake.words};
  }
  return {false, "No. Put the numbers into the formula, one factor after the other."};
}

std::vector<Math> given(const Walk& walk, const Step& step) {
  std::vector<Math> known;
  std::vector<std::string> said;
  const auto add = [&](const Math& name, const Step* found) {
    if (!found || found->value.elements() != 1) return;
    const Math line = Math::chain({name, Math::number(found->value[0], walk.digits)});
    const std::string text = line.text();
    if (std::find(said.begin(), said.end(), text) != said.end()) return;
    said.push_back(text);
    known.push_back(line);
  };
  const Tape& tape = walk.result.tape();
  const Math loss = walk.symbol(walk.result.id());
  for (const Share& share : step.shares) {
    const NodeId through = share.wire.to;
    add(Math::partial(loss, walk.symbol(through)), walk.step(Phase::backward, through));
    const std::string local = share.local.text();
    const auto add_if_used = [&](NodeId id) {
      const Math name = walk.symbol(id);
      if (local.find(name.text()) != std::string::npos) {
        add(name, walk.step(Phase::forward, id));
      }
    };
    for (const NodeId operand : tape.operands(through)) add_if_used(operand);
    add_if_used(through);
  }
  return known;
}

}  // namespace gradus::explain
