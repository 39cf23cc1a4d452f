/// A tape of closures: every number keeps a function that passes its adjoint on to its operands.
#pragma once

#include <cmath>
#include <functional>
#include <utility>
#include <vector>

namespace lesson {

// [tape]
class Tape;

/// A number that was recorded: a place in the tape's list.
struct Number {
  Tape* tape;
  std::size_t id;
  double value() const;
  double& adjoint() const;  // after backward(y): dy/d(this number)
};

/// The list of all numbers, in the order in which they were made.
class Tape {
 public:
  /// What a number does with its adjoint dy: it adds shares to those of its operands.
  using Rule = std::function<void(double dy)>;
  struct Entry {
    double value, adjoint;
    Rule rule;
  };

  Number record(double value, Rule rule) {
    entries.push_back({value, 0, std::move(rule)});
    return {this, entries.size() - 1};
  }
  Number leaf(double value) {
    return record(value, [](double) {});
  }

  void backward(Number y) {
    for (Entry& entry : entries) entry.adjoint = 0;
    y.adjoint() = 1;
    for (std::size_t i = y.id + 1; i-- > 0;) entries[i].rule(entries[i].adjoint);
  }

  std::vector<Entry> entries;
};

inline double Number::value() const { return tape->entries[id].value; }
inline double& Number::adjoint() const { return tape->entries[id].adjoint; }

inline Number operator+(Number a, Number b) {
  return a.tape->record(a.value() + b.value(), [=](double dy) {
    a.adjoint() += dy;
    b.adjoint() += dy;
  });
}

inline Number operator*(Number a, Number b) {
  return a.tape->record(a.value() * b.value(), [=](double dy) {
    a.adjoint() += dy * b.value();
    b.adjoint() += dy * a.value();
  });
}

inline Number sigmoid(Number x) {
  const double y = 1 / (1 + std::exp(-x.value()));
  return x.tape->record(y, [=](double dy) { x.adjoint() += dy * y * (1 - y); });
}
// [end]

}  // namespace lesson
