#include "gradus/run/buffer_plan.hpp"

#include <algorithm>
#include <iterator>

namespace gradus {

BufferPlan::Room BufferPlan::take(Index elements) {
  taken_ += elements;
  most_taken_ = std::max(most_taken_, taken_);
  if (elements < grain) {
    auto& gaps = small_gaps_[elements];
    if (gaps.empty()) {
      const Index start = small_end_;
      small_end_ += elements;
      return {true, start};
    }
    const Index start = gaps.back();
    gaps.pop_back();
    return {true, start};
  }
  const Index size = (elements + grain - 1) / grain * grain;
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
    return {false, start};
  }
  const auto [start, room] = *best;
  gaps_.erase(best);
  if (room > size) gaps_.emplace(start + size, room - size);
  return {false, start};
}

void BufferPlan::give_back(Room room, Index elements) {
  taken_ -= elements;
  if (room.small) {
    small_gaps_[elements].push_back(room.start);
    return;
  }
  Index size = (elements + grain - 1) / grain * grain;
  auto next = gaps_.lower_bound(room.start);
  if (next != gaps_.end() && next->first == room.start + size) {
    size += next->second;
    next = gaps_.erase(next);
  }
  if (next != gaps_.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second == room.start) {
      before->second += size;
      return;
    }
  }
  gaps_.emplace(room.start, size);
}

}  // namespace gradus
