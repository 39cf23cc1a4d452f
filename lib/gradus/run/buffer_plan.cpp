#include "gradus/run/buffer_plan.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

namespace gradus {

BufferPlan::Room BufferPlan::take_large(Index elements) {
  const Index size = (elements + grain - 1) / grain * grain;
  lives_.push_back({place(size), size, now_++, std::numeric_limits<Index>::max()});
  return {large + static_cast<Index>(lives_.size()) - 1};
}

/// The start of a gap that fits best, or of new room at the end.
Index BufferPlan::place(Index size) {
  auto best = gaps_.end();
  for (auto gap = gaps_.begin(); gap != gaps_.end(); ++gap) {
    if (gap->second >= size && (best == gaps_.end() || gap->second < best->second)) best = gap;
  }
  if (best == gaps_.end()) {
    // Grow, from a gap at the end if there is one.
    Index start = large_end_;
    if (!gaps_.empty() &&
        std::prev(gaps_.end())->first + std::prev(gaps_.end())->second == large_end_) {
      start = std::prev(gaps_.end())->first;
      gaps_.erase(std::prev(gaps_.end()));
    }
    large_end_ = start + size;
    return start;
  }
  const auto [start, room] = *best;
  gaps_.erase(best);
  if (room > size) gaps_.emplace(start + size, room - size);
  return start;
}

void BufferPlan::give_back_large(Room room) {
  Life& life = lives_[static_cast<std::size_t>(room.code - large)];
  life.last = now_++;
  free(life.start, life.size);
}

/// Makes a gap, as one with those beside it.
void BufferPlan::free(Index start, Index size) {
  auto next = gaps_.lower_bound(start);
  if (next != gaps_.end() && next->first == start + size) {
    size += next->second;
    next = gaps_.erase(next);
  }
  if (next != gaps_.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second == start) {
      before->second += size;
      return;
    }
  }
  gaps_.emplace(start, size);
}

/// Places each value, the largest first, into the best gap between those that live with it: "greedy
/// by size" of Pisarchyk and Lee, "Efficient memory management for deep neural net inference",
/// 2020.
std::vector<BufferPlan::Life> BufferPlan::largest_first() const {
  std::vector<std::size_t> order(lives_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lives_[a].size > lives_[b].size; });
  std::vector<Life> lives = lives_;
  std::vector<std::size_t> placed;  // by start
  for (const std::size_t i : order) {
    Life& life = lives[i];
    Index end = 0, best = -1, best_gap = std::numeric_limits<Index>::max();
    for (const std::size_t k : placed) {
      const Life& other = lives[k];
      if (other.last < life.first || life.last < other.first) continue;
      const Index gap = other.start - end;
      if (gap >= life.size && gap < best_gap) best = end, best_gap = gap;
      end = std::max(end, other.start + other.size);
    }
    life.start = best >= 0 ? best : end;
    placed.insert(std::upper_bound(placed.begin(), placed.end(), i,
                                   [&](std::size_t a, std::size_t b) {
                                     return lives[a].start < lives[b].start;
                                   }),
                  i);
  }
  return lives;
}

void BufferPlan::settle() {
  constexpr std::size_t most = 2000;  // every value looks at those before it
  if (lives_.size() > most) return;
  std::vector<Life> lives = largest_first();
  Index end = 0;
  for (const Life& life : lives) end = std::max(end, life.start + life.size);
  if (end >= large_end_) return;
  lives_ = std::move(lives);
  large_end_ = end;
}

}  // namespace gradus
