#include "gradus/explain/walk.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "gradus/explain/element.hpp"
#include "gradus/explain/formula.hpp"
#include "gradus/explain/share.hpp"
#include "gradus/explain/symbols.hpp"
#include "gradus/explain/words.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/run/value.hpp"

namespace gradus::explain {
namespace {

/// Shares that are written out in a sum; more are counted.
constexpr std::size_t most_shares = 6;

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
  if (terms.size() <= most_shares) return Math::sum(std::move(terms));
  const std::size_t left_out = terms.size() - most_shares + 1;
  terms.resize(most_shares - 1);
  terms.push_back(Math::words(fmt::format("… ({} more)", left_out)));
  return Math::sum(std::move(terms));
}

class Walker {
 public:
  Walker(Var result, std::span<const Var> wrt, const WalkOptions& options)
      : tape_(result.tape()),
        result_(result),
        digits_(options.digits),
        nodes_(checked_ancestors(result)),
        symbols_(tape_, nodes_, result.id(), options.digits),
        loss_(symbols_.of(result.id())) {
    walk_.result = result;
    walk_.digits = digits_;
    for (const Var w : wrt) walk_.wrt.push_back(w.id());
    if (!options.element.empty()) {
      element_ = find_element(tape_, nodes_, symbols_, options.element);
    }
  }

  Walk take() {
    for (const NodeId id : nodes_) forward(id);
    walk_.adjoints.assign(nodes_.size(), no_node);
    if (single(tape_, result_.id()) && !walk_.wrt.empty()) {
      backward_pass();
    } else {
      say_why_not();
    }
    for (const NodeId id : nodes_) walk_.symbols.push_back(symbols_.of(id));
    walk_.nodes = std::move(nodes_);
    return std::move(walk_);
  }

 private:
  static std::vector<NodeId> checked_ancestors(Var result) {
    result.tape().check(result);
    return ancestors(result.tape(), result.id());
  }

  Math number(double x) const { return Math::number(x, digits_); }
  Math tensor(const Tensor<double>& x) const { return Math::tensor(x, digits_); }
  Math symbol(NodeId id) const { return symbols_.of(id); }
  Math adjoint_symbol(NodeId id) const { return Math::partial(loss_, symbol(id)); }
  Tensor<double> value_of(NodeId id) const { return value(Var(tape_, id)); }
  bool followed(NodeId id) const { return element_.node == id && !element_.index.empty(); }

  // --- Forward ---

  void forward(NodeId id) {
    Step step = step_of(Phase::forward, id);
    step.value = value_of(id);
    step.title = symbol(id).text();
    std::vector<Math> symbols, numbers;
    std::vector<std::string> names;
    if (!is_leaf(tape_.op(id))) {
      const auto operands = tape_.operands(id);
      const Math formula = read_node(
          tape_, id, [&](NodeId operand) { return symbol(operand); }, digits_);
      // What a node without a name is called is its formula: a·b = 2 · -3.
      if (Math::compact(formula).text() != step.title) {
        symbols.push_back(formula);
        step.title = Math::chain({symbol(id), formula}).text();
      }
      if (std::all_of(operands.begin(), operands.end(),
                      [&](NodeId operand) { return small(tape_.shape(operand)); })) {
        numbers.push_back(read_node(
            tape_, id, [&](NodeId operand) { return tensor(value_of(operand)); }, digits_));
      }
      for (std::uint32_t k = 0; k < operands.size(); ++k) {
        step.wires.push_back({operands[k], id, k});
        names.push_back(symbol(operands[k]).text());
      }
    }
    if (id == result_.id()) walk_.title = step.title;
    if (is_number(tape_, id)) return;
    write_lines(step, symbol(id), symbols, numbers);
    step.words = value_words(tape_, step, names);
    if (followed(id)) {
      write_element_line(step, element_of(symbol(id), element_.index),
                         trail_forward(tape_, element_, symbols_, digits_));
    }
    walk_.steps.push_back(std::move(step));
  }

  /// name = symbols = numbers = value; for tensors in two lines, as they take room.
  void write_lines(Step& step, const Math& name, const std::vector<Math>& symbols,
                   const std::vector<Math>& numbers) const {
    std::vector<Math> parts{name};
    parts.insert(parts.end(), symbols.begin(), symbols.end());
    if (!in_numbers(tape_, step)) {
      if (parts.size() > 1) step.lines.push_back(chain_of(parts));
      parts = {name};
    }
    parts.insert(parts.end(), numbers.begin(), numbers.end());
    parts.push_back(tensor(step.value));
    step.lines.push_back(chain_of(parts));
  }

  void write_element_line(Step& step, const Math& name, const std::vector<Math>& how) const {
    std::vector<Math> parts{name};
    parts.insert(parts.end(), how.begin(), how.end());
    std::vector<Math> riddle = parts;
    riddle.push_back(Math::words("?"));
    if (!step.question.empty()) step.riddle = chain_of(riddle);
    parts.push_back(number(step.value[element_.position]));
    step.lines.push_back(chain_of(parts));
  }

  // --- Backward ---

  void say_why_not() {
    const std::string name = loss_.text();
    walk_.notes.push_back(
        single(tape_, result_.id())
            ? fmt::format("There is no backward pass: there is nothing to differentiate {} by.",
                          name)
            : fmt::format(
                  "There is no backward pass: {} has shape {}, and only a single number has "
                  "a gradient. Take its sum or mean first.",
                  name, to_string(result_.shape())));
  }

  void backward_pass() {
    std::vector<Var> wrt;
    for (const NodeId id : walk_.wrt) wrt.emplace_back(tape_, id);
    const Backward back = backward(result_, wrt);
    for (std::size_t i = 0; i < nodes_.size(); ++i) walk_.adjoints[i] = back.adjoints[nodes_[i]];
    disconnected(back, wrt);
    std::vector<std::string> cuts = uses_that_pass_nothing(back);

    // By node, the nearest to the result first; of one node as they come in its formula.
    std::vector<Contribution> all = back.contributions;
    std::sort(all.begin(), all.end(), [](const Contribution& a, const Contribution& b) {
      if (a.wire.from != b.wire.from) return a.wire.from > b.wire.from;
      return std::pair(a.wire.to, a.wire.operand) < std::pair(b.wire.to, b.wire.operand);
    });
    const Tape::Mark mark = tape_.mark();
    auto next = all.begin();
    for (std::size_t i = nodes_.size(); i-- > 0;) {
      if (walk_.adjoints[i] == no_node) continue;
      const auto first = next;
      while (next != all.end() && next->wire.from == nodes_[i]) ++next;
      adjoint(i, {first, next}, back, cuts[i]);
    }
    tape_.rewind(mark);  // the local derivatives
  }

  void disconnected(const Backward& back, std::span<const Var> wrt) {
    for (const Var w : wrt) {
      if (w.id() <= result_.id() && back.adjoints[w.id()] != no_node) continue;
      const Tape::Mark mark = tape_.mark();
      std::string why = fmt::format("every way from {} to {} leads through an op that is flat",
                                    symbol(w.id()).text(), loss_.text());
      try {
        gradient(result_, w);
      } catch (const GradientError& error) {
        why = error.what();
      }
      tape_.rewind(mark);
      walk_.notes.push_back(fmt::format("{} is 0: {}.", adjoint_symbol(w.id()).text(), why));
    }
  }

  /// For each node a sentence about its uses by ops that pass no gradient, or "".
  std::vector<std::string> uses_that_pass_nothing(const Backward& back) const {
    std::vector<std::string> words(nodes_.size());
    for (const NodeId user : nodes_) {
      const auto operands = tape_.operands(user);
      for (std::size_t k = 0; k < operands.size(); ++k) {
        const Flow flow = tape_.op(user).flow(static_cast<int>(k));
        if (flow == Flow::smooth || back.adjoints[operands[k]] == no_node) continue;
        const auto i = static_cast<std::size_t>(
            std::lower_bound(nodes_.begin(), nodes_.end(), operands[k]) - nodes_.begin());
        words[i] = fmt::format("Through {} nothing passes: {} {}.", symbol(user).text(),
                               tape_.op(user).name(),
                               flow == Flow::flat ? "is flat" : "lets no gradient through");
      }
    }
    return words;
  }

  void adjoint(std::size_t i, std::span<const Contribution> contributions, const Backward& back,
               const std::string& cut) {
    const NodeId id = nodes_[i];
    Step step = step_of(Phase::backward, id);
    const Math name = adjoint_symbol(id);
    step.title = name.text();
    step.value = value_of(walk_.adjoints[i]);
    std::vector<Math> symbols, numbers;
    for (const Contribution& c : contributions) {
      step.shares.push_back(
          share_of(tape_, c, back.adjoints[c.wire.to], result_.id(), symbols_, digits_));
      symbols.push_back(step.shares.back().symbols);
      if (const Math& n = step.shares.back().numbers; !n.empty()) numbers.push_back(n);
      step.wires.push_back(step.shares.back().wire);
    }
    if (!symbols.empty()) symbols = {sum_of(std::move(symbols))};
    if (numbers.size() < contributions.size()) numbers.clear();
    if (!numbers.empty()) numbers = {sum_of(std::move(numbers))};
    write_lines(step, name, symbols, numbers);
    say(step, cut);
    ask(step, name, symbols, numbers);
    if (followed(id)) follow(step, back);
    walk_.steps.push_back(std::move(step));
  }

  void say(Step& step, const std::string& cut) {
    const NodeId id = step.node;
    const std::string name = symbol(id).text();
    if (id == result_.id()) {
      step.words.push_back(
          fmt::format("The derivative of {} by itself is 1: here the backward pass starts.", name));
    }
    if (step.shares.size() > 1) {
      step.words.push_back(
          fmt::format("{} is used {}, so {} shares are added.", name,
                      step.shares.size() == 2 ? "twice" : count_word(step.shares.size()) + " times",
                      count_word(step.shares.size())));
    }
    for (const Share& s : step.shares) {
      if (single(tape_, s.wire.from) && single(tape_, s.wire.to)) continue;
      step.words.push_back(fmt::format("Through {}: {}.", symbol(s.wire.to).text(), s.structure));
    }
    for (const Share& s : step.shares) {
      if (tape_.op(s.wire.to).arity() != 1) continue;
      const std::string about = slope_words(tape_, s.wire, value_of(id), s.slope, digits_);
      if (!about.empty()) step.words.push_back(about);
    }
    if (!cut.empty()) step.words.push_back(cut);
    if (is_leaf(tape_.op(id))) {
      std::string end = fmt::format("{} is a leaf: the chain ends here.", name);
      if (step.value.elements() == 1 && step.value[0] == 0) {
        end += fmt::format(" A small change of {} hardly changes {}.", name, loss_.text());
      } else if (step.value.elements() == 1 && std::isfinite(step.value[0])) {
        end += fmt::format(" If {} grows by a small h, {} changes by about {} · h.", name,
                           loss_.text(), number_text(step.value[0], digits_));
      }
      step.words.push_back(std::move(end));
    }
    if (const Index bad = not_finite(step.value); bad > 0) {
      step.words.push_back(
          fmt::format("{} of {} elements are NaN or infinite.", bad, step.value.elements()));
    }
  }

  /// The question of a quiz, if it can be answered by what is shown: of a tensor the element that
  /// is followed, or the first one of a small tensor, whose numbers stand in the formula.
  void ask(Step& step, const Math& about, const std::vector<Math>& symbols,
           const std::vector<Math>& numbers) const {
    const bool one = step.value.elements() == 1 && !followed(step.node);
    const bool known = in_numbers(tape_, step) || followed(step.node) || !numbers.empty();
    if (step.value.elements() == 0 || !known) return;
    const Index asked = followed(step.node) ? element_.position : 0;
    if (!std::isfinite(step.value[asked])) return;
    step.asked = asked;
    step.answer = step.value[asked];
    step.question = one ? fmt::format("What is {}?", about.text())
                        : fmt::format("What is element [{}] of {}?",
                                      index_text(step.value.shape(), asked), about.text());
    std::vector<Math> parts{about};
    if (!symbols.empty()) parts.push_back(symbols[0]);
    if (!in_numbers(tape_, step) && !numbers.empty()) parts.push_back(numbers[0]);
    parts.push_back(Math::words("?"));
    step.riddle = chain_of(parts);
  }

  /// The line of the element that is followed.
  void follow(Step& step, const Backward& back) {
    std::vector<Math> symbols, numbers;
    for (const Share& s : step.shares) {
      const Trail trail = trail_back(tape_, element_, s.wire, value_of(back.adjoints[s.wire.to]),
                                     symbols_, loss_, digits_);
      symbols.push_back(trail.symbols);
      numbers.push_back(trail.numbers);
      if (trail.zeros == 0 || trail.terms == 1) continue;
      step.words.push_back(fmt::format("Of the {} terms of element [{}] through {}, {} {} 0.",
                                       trail.terms, element_.index, symbol(s.wire.to).text(),
                                       trail.zeros, trail.zeros == 1 ? "is" : "are"));
    }
    std::vector<Math> how;
    if (!symbols.empty()) how.push_back(sum_of(std::move(symbols)));
    if (!numbers.empty()) how.push_back(sum_of(std::move(numbers)));
    write_element_line(step, Math::partial(loss_, element_of(symbol(step.node), element_.index)),
                       how);
  }

  Tape& tape_;
  Var result_;
  int digits_;
  std::vector<NodeId> nodes_;
  Symbols symbols_;
  Math loss_;  // the result's symbol
  Element element_;
  Walk walk_;
};

}  // namespace

bool in_numbers(const Tape& tape, const Step& step) {
  return step.value.elements() == 1 &&
         std::all_of(step.wires.begin(), step.wires.end(), [&](const Wire& wire) {
           return single(tape, wire.from) && single(tape, wire.to);
         });
}

const Step* Walk::step(Phase phase, NodeId node) const {
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const Step& step) {
    return step.phase == phase && step.node == node;
  });
  return found == steps.end() ? nullptr : &*found;
}

Math Walk::symbol(NodeId node) const {
  const auto found = std::lower_bound(nodes.begin(), nodes.end(), node);
  return found != nodes.end() && *found == node
             ? symbols[static_cast<std::size_t>(found - nodes.begin())]
             : Math::symbol(result.tape().label(node));
}

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
