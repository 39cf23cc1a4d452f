/// Splitting a loop over threads so that the bits of its results stay the same.
#pragma once

#include "gradus/base/shape.hpp"

namespace gradus::kernels {

namespace detail {
/// How many threads are worth waking for work of this many rough nanoseconds, in `pieces` pieces.
int team_size(Index pieces, double nanoseconds);
/// Calls body(argument, first, last) on `team` threads, on ranges that cover [0, count).
void run_team(int team, Index count, void (*body)(const void* argument, Index first, Index last),
              const void* argument);
}  // namespace detail

/// Calls body(first, last) on disjoint ranges that cover [0, count), on one or several threads.
/// Each element must be written by exactly one call and must not depend on where the ranges are
/// cut; then neither do the results. `cost` is the time of one element in rough nanoseconds. The
/// body must not throw.
template <class Body>
void parallel_for(Index count, double cost, const Body& body) {
  if (count == 0) return;
  const int team = detail::team_size(count, static_cast<double>(count) * cost);
  if (team == 1) return body(Index{0}, count);
  detail::run_team(
      team, count,
      [](const void* argument, Index first, Index last) {
        (*static_cast<const Body*>(argument))(first, last);
      },
      &body);
}

}  // namespace gradus::kernels
