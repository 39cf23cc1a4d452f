/// The chain rule as a sum over paths: dL/dx is the sum, over all paths from x to L, of the product
/// of the local derivatives along the path.
#pragma once

#include <optional>
#include <vector>

#include "gradus/graph/ways.hpp"
#include "gradus/tensor/tensor.hpp"

namespace gradus {

/// A path from x to L, and its part in dL/dx.
struct Path {
  std::vector<Wire> wires;       ///< from x on
  std::vector<double> partials;  ///< the local derivative along each wire, if all are numbers
  /// The product of the local derivatives, in x's shape. For tensors these are Jacobians, which are
  /// never formed: 1 is pulled back from L along the path.
  Tensor<double> product;
  double size = 0;  ///< by which paths are ranked: |product|, its norm, or |its element|
};

struct PathOptions {
  std::size_t top = 10;  ///< how many paths to return
  std::optional<Index>
      element;  ///< of x, row-major: rank paths by what they give to this one alone
};

/// All paths from x to L together.
struct PathSum {
  NodeId from = no_node;    ///< x
  NodeId to = no_node;      ///< L
  bool numbers = false;     ///< whether every node on the way is a single number
  PathCount count;          ///< of all paths
  std::size_t nodes = 0;    ///< that lie on a path
  std::size_t edges = 0;    ///< that lie on a path
  std::vector<Path> paths;  ///< the largest, the largest first; or the first in the tape's order...
  bool largest = true;      ///< ... if this is false: there were too many tensors to compare
  Tensor<double> listed;    ///< the sum over `paths`
  Tensor<double> adjoint;   ///< dL/dx as `gradient` gives it
  /// The sum over all paths; nothing if there were too many tensors.
  std::optional<Tensor<double>> total;
  double difference = 0;        ///< the largest of |total - adjoint|
  double tolerance = 0;         ///< what round-off explains; see `sum_over_paths`
  std::vector<NodeId> crossed;  ///< by every path, x and L included
  /// Where ways from x to L end, as nothing passes: at an operand of step, argmax, stop_gradient...
  std::vector<Wire> blocked;

  bool agrees() const { return total && difference <= tolerance; }
};

/// Bauer's formula (F. L. Bauer, "Computational graphs and rounding error", SIAM J. Numer. Anal.
/// 11, 1974) for dL/dx. Counts paths over the operands that a derivative passes, as `gradient`
/// follows them; x * x makes two.
///
/// Where all nodes on the way are single numbers, the largest paths are found without making all of
/// them (best_paths.hpp), and the total is summed over all of them, from x on, by the distributive
/// law: forward mode, against the tape's reverse mode. The tolerance is 8 roundings of 2^-53 for
/// each edge, times the sum of all |products|: a summand meets at most a product and a sum at each
/// edge, on both ways. For tensors, up to 1000 paths (of at most 200,000 edges together) are pulled
/// back one by one and added; the tolerance is 64 such roundings, times the sum of their norms,
/// since a rule can be a sum of many products itself.
///
/// The tape is left as it was. Throws GradientError as `gradient` does: L is no single number,
/// nothing leads from x to L, or every way is cut. If every way is flat there are no paths, and the
/// adjoint is 0. Throws NumericError if a local derivative of numbers is infinite or NaN.
PathSum sum_over_paths(Var x, Var loss, const PathOptions& options = {});

}  // namespace gradus
