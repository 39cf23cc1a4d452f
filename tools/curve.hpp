/// The functions of a formula as curves: sampled by evaluating them, differentiated by the tape.
#pragma once

#include <string>
#include <vector>

#include "gradus/lang/functions.hpp"

namespace gradus::tools {

/// Values beyond this and its negative are not drawn.
inline constexpr double largest_drawn = 8;

/// A function of one number and its derivative.
struct Curve {
  std::string formula;   ///< "maximum(a, 0.5)"
  std::string variable;  ///< "a"
  /// Points from -4 to 4. NaN breaks a line: where there is no value, where it is too large, and
  /// between the two sides of a jump.
  std::vector<double> x, y, slope;
  bool clipped = false;  ///< whether values were too large
};

/// The names of the arguments that have no default: "a" and "b" of maximum(a, b).
std::vector<std::string> operands_of(const lang::Function& function);

/// The ops that a call records, each once: of swish, sigmoid and mul. None if it takes more than
/// tensors.
std::vector<std::string> parts_of(const lang::Function& function);

/// Of a function of one or two numbers: by each operand that makes a difference, the other one held
/// at 0.5. None for other functions.
std::vector<Curve> curves_of(const lang::Function& function);

}  // namespace gradus::tools
