#include "gradus/check/sites.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "gradus/check/comparison.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/tape/rewind.hpp"

namespace gradus {
namespace {

using Values = std::vector<std::vector<double>>;

/// Values that are computed with one element of a leaf moved.
class Watch {
 public:
  Watch(std::span<const Var> watched, Var leaf, Index element)
      : executor_(Program(watched, Passes::as_recorded())), count_(watched.size()) {
    if (executor_.has_leaf(leaf)) x_ = &executor_.leaf(leaf)[static_cast<std::size_t>(element)];
    if (x_) home_ = *x_;
  }
  double home() const { return home_; }

  Values at(double x) {
    if (x_) *x_ = x;
    executor_.run();
    Values values;
    for (std::size_t i = 0; i < count_; ++i) {
      const auto view = executor_.output(i).span();
      values.emplace_back(view.begin(), view.end());
    }
    return values;
  }

 private:
  Executor<double> executor_;
  std::size_t count_;
  double* x_ = nullptr;
  double home_ = 0;
};

/// The first place where differ(before, here, after) of the values at x - h, x and x + h, for the
/// smallest h that shows any.
template <class Differ>
std::optional<std::pair<std::size_t, Index>> first_difference(Watch& watch, double farthest,
                                                              const Differ& differ) {
  const double x = watch.home();
  const Values here = watch.at(x);
  double h = std::ldexp(std::max(1.0, std::abs(x)), -44);
  for (h = std::min(h, farthest);; h = std::min(16 * h, farthest)) {
    const Values before = watch.at(x - h);
    const Values after = watch.at(x + h);
    for (std::size_t i = 0; i < here.size(); ++i) {
      for (std::size_t k = 0; k < here[i].size(); ++k) {
        if (differ(before[i][k], here[i][k], after[i][k])) return {{i, static_cast<Index>(k)}};
      }
    }
    if (h >= farthest) return std::nullopt;
  }
}

bool jumps(double before, double here, double after) {
  const auto [low, high] = std::minmax({before, here, after});
  // A smooth derivative moves by about the step, which is below 1e-6.
  return high - low > 1e-4 * std::max(std::abs(low), std::abs(high));
}

bool only_sides_infinite(double before, double here, double after) {
  return std::isfinite(here) && !(std::isfinite(before) && std::isfinite(after));
}

/// What shows the branch that an op takes, and for which node.
struct Signature {
  NodeId node;
  Var value;
};

/// Records the derivatives of a node by its operands, or, without any, takes its result.
void add_signatures(Tape& tape, NodeId id, std::vector<Signature>& signatures) {
  const Op& op = tape.op(id);
  std::vector<Var> x;
  for (const NodeId operand : tape.operands(id)) x.emplace_back(tape, operand);
  const Attributes attributes =
      tape.attributes(id);  // a copy: recording may move the tape's tables
  const Var y(tape, id);
  bool smooth = false;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const int operand = static_cast<int>(k);
    if (op.flow(operand) != Flow::smooth) continue;
    smooth = true;
    try {
      const Var dy = broadcast_to(tape.constant(1.0), y.shape());
      signatures.push_back({id, op.vjp({operand, dy, x, y, attributes})});
    } catch (const Error&) {  // somebody's own rule: it shows no branch
    }
  }
  if (!smooth) signatures.push_back({id, y});
}

bool states_kinks(const Op& op) { return !op.doc().kinks.empty() || op.flow(0) != Flow::smooth; }

/// branch_change among the ops that state kinks, or those that do not.
std::optional<Site> branch_change_of(Var loss, Var leaf, Index element, double farthest,
                                     bool stated) {
  Tape& tape = loss.tape();
  const Rewind rewind(tape);
  std::vector<Signature> signatures;
  for (const NodeId id : ways(loss, {&leaf, 1})) {
    if (states_kinks(tape.op(id)) == stated) add_signatures(tape, id, signatures);
  }
  if (signatures.empty()) return std::nullopt;
  std::vector<Var> watched;
  for (const Signature& s : signatures) watched.push_back(s.value);
  Watch watch(watched, leaf, element);
  const auto found = first_difference(watch, farthest, jumps);
  if (!found) return std::nullopt;
  const Signature& at = signatures[found->first];
  const bool of_result = at.value.shape() == tape.shape(at.node);
  return Site{at.node, of_result ? found->second : -1};
}

}  // namespace

std::string site_label(const Tape& tape, NodeId node) {
  const std::string number = fmt::format("{} #{}", tape.op(node).name(), node);
  const std::string_view name = tape.name(node);
  return name.empty() ? number : fmt::format("{} ({})", name, number);
}

std::string to_string(const Tape& tape, const Site& site) {
  const std::string label = site_label(tape, site.node);
  if (site.element < 0 || tape.shape(site.node).rank() == 0) return label;
  return fmt::format("{}, element {}", label, index_text(tape.shape(site.node), site.element));
}

std::vector<NodeId> ways(Var loss, std::span<const Var> leaves) {
  const Tape& tape = loss.tape();
  const std::size_t size = std::size_t{loss.id()} + 1;
  std::vector<bool> depends(size);
  std::vector<bool> needed(size);
  for (const Var leaf : leaves) {
    if (leaf.id() < size) depends[leaf.id()] = true;
  }
  for (NodeId id = 0; id < size; ++id) {
    for (const NodeId operand : tape.operands(id)) {
      if (depends[operand]) depends[id] = true;
    }
  }
  needed[loss.id()] = true;
  for (std::size_t id = size; id-- > 0;) {
    if (!needed[id]) continue;
    for (const NodeId operand : tape.operands(static_cast<NodeId>(id))) needed[operand] = true;
  }
  std::vector<NodeId> found;
  for (NodeId id = 0; id < size; ++id) {
    if (depends[id] && needed[id] && !is_leaf(tape.op(id))) found.push_back(id);
  }
  return found;
}

std::optional<Site> branch_change(Var loss, Var leaf, Index element, double farthest) {
  const auto site = branch_change_of(loss, leaf, element, farthest, true);
  return site ? site : branch_change_of(loss, leaf, element, farthest, false);
}

std::optional<Site> domain_exit(Var loss, Var leaf, Index element, double farthest) {
  Tape& tape = loss.tape();
  const std::vector<NodeId> nodes = ways(loss, {&leaf, 1});
  if (nodes.empty()) return std::nullopt;
  std::vector<Var> watched;
  for (const NodeId id : nodes) watched.push_back(tape.var(id));
  Watch watch(watched, leaf, element);
  const auto found = first_difference(watch, farthest, only_sides_infinite);
  if (!found) return std::nullopt;
  return Site{nodes[found->first], found->second};
}

std::optional<NodeId> vanishing_point(Var loss, Var leaf) {
  Tape& tape = loss.tape();
  const Rewind rewind(tape);
  const Backward way = backward(loss, {&leaf, 1});
  const std::vector<NodeId> nodes = ways(loss, {&leaf, 1});
  std::vector<Var> shares;
  for (const Contribution& c : way.contributions) shares.push_back(tape.var(c.value));
  const auto is_zero = [](const Tensor<double>& t) {
    return std::all_of(t.begin(), t.end(), [](double v) { return v == 0; });
  };
  // Contributions come with falling `wire.to`: the nearest to the loss first.
  std::size_t next = 0;
  std::optional<Executor<double>> executor;
  if (!shares.empty()) {
    executor.emplace(Program(shares, Passes::as_recorded()));
    executor->run();
  }
  std::vector<bool> moves(std::size_t{loss.id()} + 1);
  for (const NodeId id : nodes) moves[id] = true;
  std::vector<bool> reached(std::size_t{loss.id()} + 1);
  reached[loss.id()] = true;
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    bool passes = false;
    const bool contributes = next < shares.size() && way.contributions[next].wire.to == *node;
    for (; next < shares.size() && way.contributions[next].wire.to == *node; ++next) {
      const View<const double> share = executor->output(next);
      if (is_zero(Tensor<double>(*share.shape, share.span()))) continue;
      passes = true;
      reached[way.contributions[next].wire.from] = true;
    }
    const auto operands = tape.operands(*node);
    for (std::size_t k = 0; k < operands.size() && !contributes; ++k) {
      // No adjoint was recorded, as something below is flat: the way goes on down to that.
      if (!moves[operands[k]] || tape.op(*node).flow(static_cast<int>(k)) != Flow::smooth) continue;
      passes = true;
      if (reached[*node]) reached[operands[k]] = true;
    }
    if (reached[*node] && !passes) return *node;
  }
  return std::nullopt;
}

}  // namespace gradus
