/// The ops that a program's passes make of several others. They are not in the catalogue: people do
/// not record them, and there is nothing to differentiate, as a tape is differentiated first.
#pragma once

#include "gradus/tape/op.hpp"

namespace gradus {

/// Pointwise ops in one: y = the last step of a chain (attributes: Fused), on strips of elements
/// that stay in the cache.
const Op& chain_op();

/// Y = f(A B, ...): a matrix product, and a chain on each block of it (attributes: Product). The
/// matrices have rank 2.
const Op& product_op();

}  // namespace gradus
