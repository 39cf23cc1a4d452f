/// The exercises of lesson 3: fill the holes in exercise.cpp.
#pragma once

#include <span>
#include <vector>

#include "03-tape/closure_tape.hpp"
#include "course/grade.hpp"

/// Exercise 1: another op for the tape of the lesson: a / b, with its rule.
lesson::Number divide(lesson::Number a, lesson::Number b);

/// What a number was made of: the place of an operand, and the local derivative by it.
struct Link {
  std::size_t operand;
  double derivative;
};
/// A number on a tape; without links, a leaf.
using Entry = std::vector<Link>;

/// Exercise 2: the adjoints of all numbers of a tape, that is, the derivatives of the last one by
/// each. Operands stand before the numbers that are made of them.
std::vector<double> adjoints(std::span<const Entry> tape);

/// Exercise 3: the order to go back in, for numbers that lie about in no order. operands[i] are the
/// numbers that number i was made of. Gives `last` first, then all that it needs, directly or not:
/// each once, and none before every number that uses it.
std::vector<std::size_t> backward_order(std::span<const std::vector<std::size_t>> operands,
                                        std::size_t last);
