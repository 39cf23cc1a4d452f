#include "gradus/explain/walk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gradus/explain/formula.hpp"
#include "gradus/explain/symbols.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/run/value.hpp"

namespace gradus::explain {
namespace {

/// Shares that are written out in a sum; more are counted.
constexpr std::size_t most_terms = 6;

bool is_number(const Tape& tape, NodeId id) {
  return is_constant(tape.op(id)) && tape.shape(id).rank() == 0 && tape.name(id).empty();
}

bool single(const Tape& tape, NodeId id) { return tape.shape(id).elements() == 1; }

/// Whether all elements of a tensor can be shown in a formula.
bool small(const Shape& shape) {
  return shape.rank() <= 2 && shape.elements() > 0 &&
         std::all_of(shape.begin(), shape.end(), [](Index extent) { return extent <= 4; });
}

/// The nodes that lead to the result, and it, in the tape's order.
std::vector<NodeId> ancestors(const Tape& tape, NodeId result) {
  std::vector<bool> needed(std::size_t{result} + 1);
  needed[result] = true;
  std::vector<NodeId> nodes;
  for (NodeId id = result;; --id) {
    if (needed[id]) {
      nodes.push_back(id);
      for (const NodeId operand : tape.operands(id)) needed[operand] = true;
    }
    if (id == 0) break;
  }
  std::reverse(nodes.begin(), nodes.end());
  return nodes;
}

Step step_of(Phase phase, NodeId node) {
  Step step;
  step.phase = phase;
  step.node = node;
  return step;
}

/// a = b = c, without parts that look like the one before: numbers that are already the result.
Math chain_of(const std::vector<Math>& parts) {
  std::vector<Math> different;
  for (const Math& part : parts) {
    if (different.empty() || different.back().text() != part.text()) different.push_back(part);
  }
  return Math::chain(std::move(different));
}

/// The parts of a sum, if they are not too many to be written down.
Math sum_of(std::vector<Math> terms) {
  if (terms.size() <= most_terms) return Math::sum(std::move(terms));
  const std::size_t left_out = terms.size() - most_terms + 1;
  terms.resize(most_terms - 1);
  terms.push_back(Math::words(fmt::format("… ({} more)", left_out)));
  return Math::sum(std::move(terms));
}

class Walker {
 public:
  Walker(Var result, std::span<const Var> wrt, const WalkOptions& options)
      : tape_(result.tape()),
        result_(result),
        options_(options),
        nodes_(checked_ancestors(result)),
        symbols_(tape_, nodes_, result.id(), options.digits) {
    walk_.result = result;
    walk_.digits = options.digits;
    for (const Var w : wrt) walk_.wrt.push_back(w.id());
  }

  Walk take() {
    for (const NodeId id : nodes_) forward(id);
    walk_.adjoints.assign(nodes_.size(), no_node);
    if (single(tape_, result_.id()) && !walk_.wrt.empty()) {
      backward_pass();
    } else {
      say_why_not();
    }
    title();
    for (const NodeId id : nodes_) walk_.symbols.push_back(symbols_.of(id));
    walk_.nodes = std::move(nodes_);
    return std::move(walk_);
  }

 private:
  static std::vector<NodeId> checked_ancestors(Var result) {
    result.tape().check(result);
    return ancestors(result.tape(), result.id());
  }

  Math number(double x) const { return Math::number(x, options_.digits); }
  Math symbol(NodeId id) const { return symbols_.of(id); }
  Math adjoint_symbol(NodeId id) const { return Math::partial(symbol(result_.id()), symbol(id)); }

  void title() {
    const Step& last = walk_.steps.back();
    walk_.title = last.title;
    for (const Step& step : walk_.steps) {
      if (step.node == result_.id() && step.phase == Phase::forward) walk_.title = step.title;
    }
  }

  // --- Forward ---

  /// A value in a formula: of a tensor what a reader can check, or nothing.
  Math shown(const Tensor<double>& x) const {
    return small(x.shape()) ? Math::tensor(x, options_.digits) : Math();
  }

  void forward(NodeId id) {
    if (is_number(tape_, id)) return;
    Step step = step_of(Phase::forward, id);
    step.value = value(Var(tape_, id));
    std::vector<Math> parts{symbol(id)};
    if (!is_leaf(tape_.op(id))) {
      const Math recorded = read_node(
          tape_, id, [&](NodeId operand) { return symbol(operand); }, options_.digits);
      // The name of a node without one is its formula: a·b = 2 · -3.
      if (Math::compact(recorded).text() != parts[0].text()) parts.push_back(recorded);
      step.title = Math::chain({symbol(id), recorded}).text();
      if (parts.size() == 1) step.title = parts[0].text();
      const auto operands = tape_.operands(id);
      const bool readable = std::all_of(operands.begin(), operands.end(), [&](NodeId operand) {
        return small(tape_.shape(operand));
      });
      if (readable && small(step.value.shape())) {
        parts.push_back(read_node(
            tape_, id, [&](NodeId operand) { return shown(value(Var(tape_, operand))); },
            options_.digits));
      }
      for (std::uint32_t k = 0; k < operands.size(); ++k) {
        step.wires.push_back({operands[k], id, k});
      }
    } else {
      step.title = symbol(id).text();
    }
    if (const Math math = shown(step.value); !math.empty()) parts.push_back(math);
    step.lines.push_back(chain_of(parts));
    ask(step, symbol(id));
    walk_.steps.push_back(std::move(step));
  }

  /// The question of a quiz.
  void ask(Step& step, const Math& about) const {
    if (step.value.elements() == 0 || is_leaf_value(step)) return;
    step.answer = step.value[0];
    if (step.value.elements() == 1) {
      step.question = fmt::format("What is {}?", about.text());
      return;
    }
    std::string first = "0";
    for (int axis = 1; axis < step.value.shape().rank(); ++axis) first += ",0";
    step.question = fmt::format("What is element [{}] of {}?", first, about.text());
  }
  bool is_leaf_value(const Step& step) const {
    return step.phase == Phase::forward && is_leaf(tape_.op(step.node));
  }

  // --- Backward ---

  void say_why_not() {
    const std::string name = symbol(result_.id()).text();
    if (!single(tape_, result_.id())) {
      walk_.notes.push_back(fmt::format(
          "There is no backward pass: {} has shape {}, and only a single number has a gradient. "
          "Take its sum or mean first.",
          name, to_string(result_.shape())));
    } else {
      walk_.notes.push_back(
          fmt::format("There is no backward pass: nothing is named to differentiate {} by.", name));
    }
  }

  void backward_pass() {
    std::vector<Var> wrt;
    for (const NodeId id : walk_.wrt) wrt.emplace_back(tape_, id);
    const Backward back = backward(result_, wrt);
    for (std::size_t i = 0; i < nodes_.size(); ++i) walk_.adjoints[i] = back.adjoints[nodes_[i]];
    disconnected(back, wrt);

    // By node, the nearest to the result first; of one node as they come in its formula.
    std::vector<Contribution> all = back.contributions;
    std::sort(all.begin(), all.end(), [](const Contribution& a, const Contribution& b) {
      if (a.to != b.to) return a.to > b.to;
      return a.through != b.through ? a.through < b.through : a.operand < b.operand;
    });
    const Tape::Mark mark = tape_.mark();
    auto next = all.begin();
    for (std::size_t i = nodes_.size(); i-- > 0;) {
      if (walk_.adjoints[i] == no_node) continue;
      const auto first = next;
      while (next != all.end() && next->to == nodes_[i]) ++next;
      adjoint(nodes_[i], walk_.adjoints[i], {first, next}, back);
    }
    tape_.rewind(mark);  // the local derivatives
  }

  void disconnected(const Backward& back, std::span<const Var> wrt) {
    for (const Var w : wrt) {
      if (w.id() <= result_.id() && back.adjoints[w.id()] != no_node) continue;
      const Tape::Mark mark = tape_.mark();
      std::string why = fmt::format("every way from {} leads through an op that is flat there",
                                    symbol(w.id()).text());
      try {
        gradient(result_, w);
      } catch (const GradientError& error) {
        why = error.what();
      }
      tape_.rewind(mark);
      walk_.notes.push_back(fmt::format("{} is 0: {}.", adjoint_symbol(w.id()).text(), why));
    }
  }

  void adjoint(NodeId id, NodeId adjoint, std::span<const Contribution> contributions,
               const Backward& back) {
    Step step = step_of(Phase::backward, id);
    const Math name = adjoint_symbol(id);
    step.title = name.text();
    step.value = value(Var(tape_, adjoint));
    std::vector<Math> symbols, numbers;
    bool numeric = true;
    for (const Contribution& c : contributions) {
      step.shares.push_back(share(c, back));
      const Share& s = step.shares.back();
      symbols.push_back(s.symbols);
      numbers.push_back(s.numbers);
      numeric = numeric && !s.numbers.empty();
      step.wires.push_back(s.wire);
    }
    std::vector<Math> parts{name};
    if (!symbols.empty()) parts.push_back(sum_of(std::move(symbols)));
    if (!numbers.empty() && numeric) parts.push_back(sum_of(std::move(numbers)));
    if (const Math math = shown(step.value); !math.empty()) parts.push_back(math);
    step.lines.push_back(chain_of(parts));
    ask(step, name);
    walk_.steps.push_back(std::move(step));
  }

  Share share(const Contribution& c, const Backward& back) {
    Share share;
    share.wire = {c.to, c.through, c.operand};
    share.value = value(Var(tape_, c.value));
    const NodeId upstream = back.adjoints[c.through];
    const Math arrives = adjoint_symbol(c.through);
    if (single(tape_, c.to) && single(tape_, c.through)) {
      local(share, c);
      share.symbols = Math::product({arrives, share.local});
      share.numbers =
          Math::product({number(value(Var(tape_, upstream))[0]), number(share.slope[0])});
      return share;
    }
    share.symbols = read(
        tape_, c.value,
        [&](NodeId id) {
          return id == upstream ? arrives : id <= result_.id() ? symbol(id) : Math();
        },
        true, options_.digits);
    if (share.symbols.empty()) {
      share.symbols = Math::product({arrives, Math::partial(symbol(c.through), symbol(c.to))});
    }
    bool readable = small(share.value.shape());
    const Math numbers = read(
        tape_, c.value,
        [&](NodeId id) {
          if (id != upstream && id > result_.id()) return Math();
          readable = readable && small(tape_.shape(id));
          return readable ? Math::tensor(value(Var(tape_, id)), options_.digits) : Math::ellipsis();
        },
        false, options_.digits);
    if (readable) share.numbers = numbers;
    return share;
  }

  /// The local derivative of single numbers: what the rule gives for an adjoint of 1.
  void local(Share& share, const Contribution& c) {
    const Math fallback = Math::partial(symbol(c.through), symbol(c.to));
    std::vector<Var> x;
    for (const NodeId id : tape_.operands(c.through)) x.emplace_back(tape_, id);
    const Attributes attributes = tape_.attributes(c.through);
    const Var one = tape_.constant(Tensor<double>(tape_.shape(c.through), 1.0));
    const Var slope = tape_.op(c.through).vjp(
        {static_cast<int>(c.operand), one, x, Var(tape_, c.through), attributes});
    share.slope = Tensor<double>(Shape{}, value(slope)[0]);
    share.local = read(
        tape_, slope.id(),
        [&](NodeId id) { return id == one.id()  ? number(1)
                                : id < one.id() ? symbol(id)
                                                : Math(); },
        true, options_.digits);
    if (share.local.empty()) share.local = fallback;
  }

  Tape& tape_;
  Var result_;
  WalkOptions options_;
  std::vector<NodeId> nodes_;
  Symbols symbols_;
  Walk walk_;
};

}  // namespace

Walk walk(Var result, std::span<const Var> wrt, const WalkOptions& options) {
  for (const Var w : wrt) result.tape().check(w);
  return Walker(result, wrt, options).take();
}

std::string symbol(const Tape& tape, NodeId node) {
  const std::vector<NodeId> nodes = ancestors(tape, node);
  // As an operand: a result has other names.
  return Symbols(tape, nodes, no_node).of(node).text();
}

}  // namespace gradus::explain
