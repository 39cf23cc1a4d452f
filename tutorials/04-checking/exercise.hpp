/// The exercises of lesson 4: fill the holes in exercise.cpp.
#pragma once

#include <functional>

#include "course/grade.hpp"
#include "gradus/ops/ops.hpp"

/// Exercise 1: the central difference of f at x with the step h.
double central(const std::function<double(double)>& f, double x, double h);

/// Exercise 2: the relative error of two derivatives, as in the lesson: their difference, for the
/// size of the larger one. It compares signed numbers, and is 0 if both are 0.
double relative_error(double analytic, double numeric);

/// Exercise 3: break the rule of y = x^2, which is dy * 2 * x, so that a check at x = 2 finds
/// nothing, while a check at x = 3 does. Whatever comes in, dy, must still be passed on. This is a
/// rule as in rules.cpp: it is written with ops on variables, +, *, exp, ... and numbers.
gradus::Var broken_square(gradus::Var dy, gradus::Var x, gradus::Var y);
