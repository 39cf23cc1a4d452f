/// Questions about steps, and what an answer shows that its giver thought.
#pragma once

#include <string>
#include <vector>

#include "gradus/explain/walk.hpp"

namespace gradus::explain {

/// An answer that is wrong in a known way.
struct Mistake {
  double answer = 0;
  std::string words;  ///< "The sign is wrong."
};

/// What one gets for a step by the usual mistakes, the most telling first: the wrong sign, a use
/// that was forgotten, the local derivative or the upstream adjoint alone. None is the right
/// answer.
std::vector<Mistake> mistakes(const Walk& walk, const Step& step);

/// Whether an answer is right: within 1 in 100, as people calculate with a few digits.
bool is_right(double answer, double right);

struct Grade {
  bool right = false;
  std::string words;
};

/// Grades an answer to the step's question.
Grade grade(const Walk& walk, const Step& step, double answer);

/// The single numbers that are known before a step and stand in its formula: "∂L/∂m = 2", "b = -3".
std::vector<Math> given(const Walk& walk, const Step& step);

}  // namespace gradus::explain
