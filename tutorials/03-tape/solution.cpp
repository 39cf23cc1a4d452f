#include "exercise.hpp"

lesson::Number divide(lesson::Number a, lesson::Number b) {
  const double y = a.value() / b.value();
  return a.tape->record(y, [=](double dy) {
    a.adjoint() += dy / b.value();
    b.adjoint() -= dy * y / b.value();
  });
}

std::vector<double> adjoints(std::span<const Entry> tape) {
  std::vector<double> adjoint(tape.size());
  adjoint.back() = 1;
  for (std::size_t i = tape.size(); i-- > 0;) {
    for (const Link& link : tape[i]) adjoint[link.operand] += adjoint[i] * link.derivative;
  }
  return adjoint;
}

std::vector<std::size_t> backward_order(std::span<const std::vector<std::size_t>> operands,
                                        std::size_t last) {
  // What is needed, and how often each of it is used.
  std::vector<std::size_t> needed{last}, uses(operands.size());
  for (std::size_t k = 0; k < needed.size(); ++k) {
    for (const std::size_t operand : operands[needed[k]]) {
      if (uses[operand]++ == 0) needed.push_back(operand);
    }
  }
  std::vector<std::size_t> order{last};
  for (std::size_t k = 0; k < order.size(); ++k) {
    for (const std::size_t operand : operands[order[k]]) {
      if (--uses[operand] == 0) order.push_back(operand);
    }
  }
  return order;
}
