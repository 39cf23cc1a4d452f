/// The paths from the start to the end of some ways, the largest first, without making all of them.
#pragma once

#include <optional>
#include <unordered_map>

#include "gradus/graph/ways.hpp"

namespace gradus {

/// Finds paths in order of the product of their edges' weights, the largest first; among equal
/// ones, by their last edge, then by the one before it, and so on.
///
/// The best path to a vertex goes over the best edge from the best path to its tail. The k-th best
/// one is the best of a few candidates: for each edge, the best path to its tail that has not been
/// used with this edge. Candidates are only made when they are asked for (V. M. Jiménez and
/// A. Marzal, "Computing the K shortest paths", 1999). Linear time and memory for the first path,
/// and about its length for each further one; the stack is its own, so that a path may be millions
/// of nodes long. Products are taken from the start on, and rounding keeps their order: the result
/// is exact for the products as they are computed.
class BestPaths {
 public:
  /// `weights` of the edges, at least 0 and not NaN. Both must outlive this.
  BestPaths(const Ways& ways, std::span<const double> weights);

  /// The edges of the next path, from the start on; nothing if there is none left.
  std::optional<std::vector<std::uint32_t>> next();

 private:
  /// A path to a vertex: some path to the tail of its last edge, and this edge.
  struct Candidate {
    double weight = 1;
    std::uint32_t edge = 0;
    std::uint32_t rank = 0;  // of the path to the tail, among those to the tail
  };
  struct Found {
    std::vector<Candidate> paths;       // by rank
    std::vector<Candidate> candidates;  // a heap: the best one is first
    bool complete = false;              // there is no further path
  };
  static bool is_worse(const Candidate& a, const Candidate& b);
  Candidate extend(const Candidate& path, std::uint32_t edge, std::uint32_t rank) const;
  Found& found(std::uint32_t vertex);
  bool find(std::uint32_t vertex, std::uint32_t rank);

  const Ways& ways_;
  std::span<const double> weights_;
  std::vector<Candidate> best_;                    // to each vertex
  std::unordered_map<std::uint32_t, Found> more_;  // of vertices that were asked for more than that
  std::uint32_t next_ = 0;
};

}  // namespace gradus
