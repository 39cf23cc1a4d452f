/// The exercises of lesson 14: fill the holes in exercise.cpp.
#pragma once

#include "course/grade.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/rules.hpp"

/// A parameter with the velocity that momentum keeps beside it.
struct Moving {
  double w = 0;
  double v = 0;
};

/// Exercise 1: one step of momentum, as in the lesson: the velocity keeps the share m of what it
/// was, and the gradient g, times the rate, pushes it downhill. Then w moves by the new velocity.
Moving momentum_step(Moving before, double g, double rate, double m);

/// A parameter with all that Adam keeps beside it.
struct Adaptive {
  double w = 0;
  double m = 0;  ///< the average of gradients, not corrected
  double v = 0;  ///< the average of their squares, not corrected
  int t = 0;     ///< how many steps were done
};

/// Exercise 2: one step of Adam with beta1 0.9, beta2 0.999 and epsilon 1e-8, as in the lesson.
Adaptive adam_step(Adaptive before, double g, double rate);

/// Exercise 3: RMSprop as a rule on the tape, with the decay 0.9 and the epsilon 1e-8: of squares
/// of gradients it keeps an average s, and it divides the gradient by the root of the new s, to
/// which it adds epsilon. b.w, b.g and b.rate are the parameter, its gradient and the rate;
/// b.state[0] is s. It returns the new parameter and the new state, as `with_momentum` in
/// valley.cpp does.
gradus::optim::Step rmsprop_rule(const gradus::optim::Before& b);
