/// The exercises of lesson 19: fill the holes in exercise.cpp.
#pragma once

#include "course/grade.hpp"
#include "gradus/ops/ops.hpp"

/// Exercise 1: y = (x + sqrt(x^2 + 4)) / 2, an activation like ReLU without a kink (Barron,
/// "Squareplus: a softplus-like algebraic rectifier", 2021). It is larger than 0 for every x, and
/// must be as exact for x = -1e8 as for x = 1: there, x and the root cancel. (Multiply the
/// fraction, above and below, by sqrt(x^2 + 4) - x.)
double squareplus(double x);

/// Exercise 2: the rule of its derivative, in ops: what comes to x if dy comes to y.
gradus::Var squareplus_dx(gradus::Var dy, gradus::Var x, gradus::Var y);

/// Exercise 3: the rule of an op with two operands, y = sqrt(a^2 + b^2): what comes to the operand
/// v.operand, which is 0 for a = v.x[0], and 1 for b = v.x[1], if v.dy comes to v.y.
gradus::Var length_vjp(const gradus::Vjp& v);
