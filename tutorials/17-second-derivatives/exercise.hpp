/// The exercises of lesson 17, Second derivatives.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "course/grade.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"

/// Exercise 1: records the Hessian of f by x, times v. f is a single number; x is a parameter with
/// one axis, and v an input of its shape. Without recording the whole Hessian.
gradus::Var hessian_times(gradus::Var f, gradus::Var x, gradus::Var v);

/// Exercise 2: the point (two numbers) that one step of Newton's method leads to. `hessian` has its
/// four numbers row by row.
std::vector<double> newton_step(std::span<const double> point, std::span<const double> gradient,
                                std::span<const double> hessian);

/// Exercise 3: "minimum", "maximum" or "saddle": what a point with gradient 0 is where the second
/// derivatives are fxx, fxy and fyy. fxx * fyy is not fxy * fxy.
std::string kind(double fxx, double fxy, double fyy);
