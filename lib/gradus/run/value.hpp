/// The learner's view: what is the value of this variable?
#pragma once

#include "gradus/tape/tape.hpp"

namespace gradus {

/// The value of a variable, in double. Computed when asked for, with all that it needs, and kept
/// until a leaf changes. Throws Error for an input that has no value.
Tensor<double> value(Var v);
/// The same for a node of a tape that is only looked at.
Tensor<double> value(const Tape& tape, NodeId node);

/// The value of a variable that is a single number. Throws ShapeError for any other.
double item(Var v);

}  // namespace gradus
