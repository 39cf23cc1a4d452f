/// One scalar of a tensor, followed through the sums.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gradus/explain/symbols.hpp"
#include "gradus/explain/walk.hpp"
#include "gradus/grad/gradient.hpp"

namespace gradus::explain {

/// An element of a node.
struct Element {
  NodeId node = no_node;
  Index position = 0;  ///< row-major
  std::string index;   ///< "3,7"; "" of a tensor of rank 0
};

/// "W[3,7]": a name as in formulas or as given, and an index for each axis, which counts from the
/// end when negative. Throws InputError that names what is there.
Element find_element(const Tape& tape, std::span<const NodeId> nodes, const Symbols& symbols,
                     std::string_view text);

/// "3,7"; "" for rank 0.
std::string index_text(const Shape& shape, Index position);

/// Where an operand of shape `from` is read for the element of `to` at a row-major position, which
/// broadcasting may have stretched.
Index read_at(const Shape& from, const Shape& to, Index position);

/// x[3,7], or x itself if it has rank 0.
Math element_of(const Math& x, const std::string& index);

/// An element of a share: the sum over all that the element reaches.
struct Trail {
  Math symbols;  ///< Σ_i ∂L/∂Y[i,7] · X[i,3]
  Math numbers;  ///< 0.5 · -0.1 + ...: the first terms that are not 0
  Index terms = 0;
  Index zeros = 0;  ///< how many of them are 0
};

/// Follows an element back through one use of its node. `upstream` is the adjoint of that use, `of`
/// the result's symbol. Records nodes on the tape.
Trail trail_back(Tape& tape, const Element& element, const Wire& wire,
                 const Tensor<double>& upstream, const Symbols& symbols, const Math& of,
                 int digits);

/// How the element was computed, where that can be said in a few terms: the formula with symbols
/// and with numbers. Nothing for other ops.
std::vector<Math> trail_forward(Tape& tape, const Element& element, const Symbols& symbols,
                                int digits);

}  // namespace gradus::explain
