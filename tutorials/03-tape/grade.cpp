#include <algorithm>
#include <string>

#include "exercise.hpp"

namespace {

using lesson::Number;

// Exercise 1

void check_divide(course::Check& check, decltype(divide)* f) {
  lesson::Tape tape;
  const Number a = tape.leaf(6), b = tape.leaf(4);
  const Number y = f(a, b);
  check.equal("the value of 6 / 4", y.value(), 1.5, "compute it when it is recorded");
  tape.backward(y);
  check.equal("d(a/b)/da at a = 6, b = 4", a.adjoint(), 0.25, "a/b is a times 1/b");
  check.equal("d(a/b)/db at a = 6, b = 4", b.adjoint(), -0.375,
              "-a / b^2: a larger divisor makes the quotient smaller");
  const Number z = f(a, b) * tape.leaf(10);
  tape.backward(z);
  check.equal("d(10 a/b)/da at a = 6, b = 4", a.adjoint(), 2.5,
              "what comes in, dy, is passed on, times the rule");
  check.equal("d(10 a/b)/db at a = 6, b = 4", b.adjoint(), -3.75, "dy belongs into both shares");
  const Number w = f(a, a);
  tape.backward(w);
  check.equal("d(a/a)/da at a = 6", a.adjoint(), 0.0, "two shares come to a: add them");
}

Number as_rule(Number a, Number b, lesson::Tape::Rule rule) {
  return a.tape->record(a.value() / b.value(), std::move(rule));
}

Number forgets_the_minus(Number a, Number b) {
  return as_rule(a, b, [=](double dy) {
    a.adjoint() += dy / b.value();
    b.adjoint() += dy * a.value() / (b.value() * b.value());
  });
}

Number forgets_what_comes_in(Number a, Number b) {
  return as_rule(a, b, [=](double) {
    a.adjoint() += 1 / b.value();
    b.adjoint() -= a.value() / (b.value() * b.value());
  });
}

Number overwrites(Number a, Number b) {
  return as_rule(a, b, [=](double dy) {
    a.adjoint() = dy / b.value();
    b.adjoint() = -dy * a.value() / (b.value() * b.value());
  });
}

Number forgets_the_square(Number a, Number b) {
  return as_rule(a, b, [=](double dy) {
    a.adjoint() += dy / b.value();
    b.adjoint() -= dy * a.value() / b.value();
  });
}

// Exercise 2

void check_adjoints(course::Check& check, decltype(adjoints)* f) {
  const std::vector<Entry> chain{{}, {{0, 2}}, {{1, 5}}};
  check.equal("b = 2 a, c = 5 b", f(chain), {10.0, 5.0, 1.0},
              "the last number's adjoint is 1; from there back, multiply by the link");
  const std::vector<Entry> twice{{}, {{0, 1}, {0, 1}}, {{1, 1}, {1, 1}}};
  check.equal("b = a + a, c = b + b", f(twice), {4.0, 2.0, 1.0},
              "add every share; pass on what a number has when all its shares are there");
  const std::vector<Entry> skip{{}, {}, {{0, 3}, {1, 2}}, {{2, 4}, {0, -1}}};
  check.equal("c = 3 a + 2 b, d = 4 c - a", f(skip), {11.0, 8.0, 4.0, 1.0},
              "a gets a share from c and one from d");
}

std::vector<double> assigns(std::span<const Entry> tape) {
  std::vector<double> adjoint(tape.size());
  adjoint.back() = 1;
  for (std::size_t i = tape.size(); i-- > 0;) {
    for (const Link& link : tape[i]) adjoint[link.operand] = adjoint[i] * link.derivative;
  }
  return adjoint;
}

std::vector<double> goes_forward(std::span<const Entry> tape) {
  std::vector<double> adjoint(tape.size());
  adjoint.back() = 1;
  for (std::size_t i = 0; i < tape.size(); ++i) {
    for (const Link& link : tape[i]) adjoint[link.operand] += adjoint[i] * link.derivative;
  }
  return adjoint;
}

std::vector<double> starts_with_nothing(std::span<const Entry> tape) {
  std::vector<double> adjoint(tape.size());
  for (std::size_t i = tape.size(); i-- > 0;) {
    for (const Link& link : tape[i]) adjoint[link.operand] += adjoint[i] * link.derivative;
  }
  return adjoint;
}

void pass_on(std::span<const Entry> tape, std::size_t i, double share, std::vector<double>& all) {
  all[i] += share;
  for (const Link& link : tape[i]) pass_on(tape, link.operand, all[i] * link.derivative, all);
}

std::vector<double> passes_on_too_early(std::span<const Entry> tape) {
  std::vector<double> adjoint(tape.size());
  pass_on(tape, tape.size() - 1, 1, adjoint);
  return adjoint;
}

// Exercise 3

using Order = std::vector<std::size_t>;
using Operands = std::span<const Order>;

void check_order(course::Check& check, const std::string& graph, Operands operands,
                 std::size_t last, std::size_t needed, decltype(backward_order)* f) {
  const Order order = f(operands, last);
  check.equal("how many numbers are given: " + graph, order.size(), needed,
              "each number that the last one needs, once, and no other");
  check.that("the last number comes first: " + graph, order[0] == last, "start at the last one");
  const auto place = [&order](std::size_t i) { return std::find(order.begin(), order.end(), i); };
  bool in_order = true;
  for (const std::size_t user : order) {
    for (const std::size_t operand : operands[user]) {
      in_order = in_order && place(operand) != order.end() && place(user) < place(operand);
    }
  }
  check.that("every number comes after all that use it: " + graph, in_order,
             "a number may be found early, through one use, while another use is still to come");
}

void check_backward_order(course::Check& check, decltype(backward_order)* f) {
  const std::vector<Order> chain{{2}, {}, {1}};
  check_order(check, "0 is made of 2, and 2 of 1", chain, 0, 3, f);
  const std::vector<Order> twice{{1, 1}, {2, 2}, {}, {0}};
  check_order(check, "0 is 1 + 1, 1 is 2 + 2; 3 is something else", twice, 0, 3, f);
  const std::vector<Order> skip{{1, 2}, {}, {3}, {1}};
  check_order(check, "0 is 1 + 2, 2 is made of 3, 3 is made of 1", skip, 0, 4, f);
  const std::vector<Order> other{{2, 1}, {}, {3}, {1}};
  check_order(check, "0 is 2 + 1, 2 is made of 3, 3 is made of 1", other, 0, 4, f);
  std::vector<Order> deep(61);
  for (std::size_t i = 0; i < 60; ++i) deep[i] = {i + 1, i + 1};
  check_order(check, "60 doublings", deep, 0, 61, f);
}

Order gives_a_number_for_each_use(Operands operands, std::size_t last) {
  Order order{last};
  for (std::size_t k = 0; k < order.size() && order.size() < 1000; ++k) {
    for (const std::size_t operand : operands[order[k]]) order.push_back(operand);
  }
  return order;
}

Order goes_by_distance(Operands operands, std::size_t last) {
  Order order{last};
  for (std::size_t k = 0; k < order.size(); ++k) {
    for (const std::size_t operand : operands[order[k]]) {
      if (std::find(order.begin(), order.end(), operand) == order.end()) order.push_back(operand);
    }
  }
  return order;
}

void dive(Operands operands, std::size_t i, Order& order) {
  if (std::find(order.begin(), order.end(), i) != order.end()) return;
  order.push_back(i);
  for (const std::size_t operand : operands[i]) dive(operands, operand, order);
}

Order gives_a_number_when_it_is_found(Operands operands, std::size_t last) {
  Order order;
  dive(operands, last, order);
  return order;
}

Order takes_everything(Operands operands, std::size_t) {
  Order order(operands.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  return order;
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 3: the tape",
      {course::exercise("a quotient", divide, check_divide,
                        {{"forgets the minus", forgets_the_minus},
                         {"forgets what comes in", forgets_what_comes_in},
                         {"overwrites", overwrites},
                         {"forgets the square", forgets_the_square}}),
       course::exercise("adjoints", adjoints, check_adjoints,
                        {{"assigns where it should add", assigns},
                         {"goes forward", goes_forward},
                         {"starts with nothing", starts_with_nothing},
                         {"passes on too early", passes_on_too_early}}),
       course::exercise("the order back", backward_order, check_backward_order,
                        {{"gives a number for each use", gives_a_number_for_each_use},
                         {"goes by distance", goes_by_distance},
                         {"gives a number when it is found", gives_a_number_when_it_is_found},
                         {"takes everything there is", takes_everything}})});
}
