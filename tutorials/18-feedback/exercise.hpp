/// The exercises of lesson 18: fill the holes in exercise.cpp.
#pragma once

#include <span>

#include "course/grade.hpp"

/// Exercise 1: what a cell of one number says after the last of its inputs x: in each step
/// h' = tanh(w x + u h + b). It starts with h = 0.
double last_state(std::span<const double> x, double w, double u, double b);

/// Exercise 2: dL/du of L = (h - wanted)^2, where h is what the same cell, with b = 0, says after
/// the last of its inputs.
double slope_by_u(std::span<const double> x, double w, double u, double wanted);

/// What an LSTM of one number has: what others see, and what it keeps.
struct Memory {
  double h = 0;
  double c = 0;
};

/// Exercise 3: one step of an LSTM, from the values of its gates i, f and o and its news g.
Memory lstm_step(Memory before, double i, double f, double o, double g);
