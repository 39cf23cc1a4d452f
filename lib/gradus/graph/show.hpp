/// What can be shown on a drawing besides its nodes and edges.
#pragma once

#include "gradus/grad/gradient.hpp"
#include "gradus/graph/drawing.hpp"
#include "gradus/run/program.hpp"

namespace gradus {

/// The value of every node, computed in double. Where an input that it needs has no value, or it
/// cannot be computed, that is said instead.
void show_values(Drawing& drawing, const Tape& tape);

/// On every edge of the forward pass what it contributes to the adjoint of its operand, the adjoint
/// of the user times the local derivative; and the adjoint of every node. What `backward` did not
/// compute is shown as such. `backward` must be of the tape that was drawn, and not have been
/// rewound.
void show_contributions(Drawing& drawing, const Tape& tape, const Backward& backward);

/// On every edge of the forward pass the local derivative of the user by the operand, in double: a
/// number; or the size of the Jacobian and its Frobenius norm, where the op is pointwise or the
/// result has at most 16 elements (else the size alone). The rules are recorded on the tape for
/// that, and taken off again.
void show_partials(Drawing& drawing, Tape& tape);

/// What runs and when, and which memory it takes. Nodes that are not in the program are dropped
/// ones; they cost nothing.
void show_program(Drawing& drawing, const Program& program);

}  // namespace gradus
