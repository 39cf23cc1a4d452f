/// The ops without operands: what a computation starts from.
#pragma once

#include "gradus/tape/op.hpp"

namespace gradus {

/// Data: bound anew for every run. Drawn apart from parameters.
const Op& input_op();
/// What training changes.
const Op& parameter_op();
/// A number or tensor that never changes.
const Op& constant_op();

inline bool is_input(const Op& op) { return &op == &input_op(); }
inline bool is_parameter(const Op& op) { return &op == &parameter_op(); }
inline bool is_constant(const Op& op) { return &op == &constant_op(); }
inline bool is_leaf(const Op& op) { return op.arity() == 0; }

}  // namespace gradus
