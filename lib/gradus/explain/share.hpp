/// What comes to an adjoint through one use of its node.
#pragma once

#include "gradus/explain/symbols.hpp"
#include "gradus/explain/walk.hpp"
#include "gradus/grad/gradient.hpp"

namespace gradus::explain {

/// A contribution as a share, in symbols and numbers. `upstream` is the node that computes the
/// adjoint of the use. The local derivative is read off the op's own rule, which is recorded on the
/// tape for that.
Share share_of(Tape& tape, const Contribution& contribution, NodeId upstream, NodeId result,
               const Symbols& symbols, int digits);

/// Whether a node is a single number, of whatever rank.
inline bool single(const Tape& tape, NodeId id) { return tape.shape(id).elements() == 1; }

/// Whether all elements of a tensor can be shown in a formula.
bool small(const Shape& shape);

}  // namespace gradus::explain
