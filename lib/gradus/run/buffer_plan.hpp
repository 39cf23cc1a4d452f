/// Places values in one buffer so that those which live at different times share memory.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "gradus/base/shape.hpp"

namespace gradus {

/// An allocator of offsets, in elements. Values of 16 elements or more start on a multiple of 16
/// (64 bytes in float): best fit among the gaps, which are merged. When all are known, and there
/// are not too many, they are also placed the largest first, and the smaller plan counts. Smaller
/// values, as on scalar tapes, are packed apart, and a gap is used again for the same size only, so
/// that millions of them are quick.
class BufferPlan {
  static constexpr Index large = Index{1} << 62;

 public:
  /// Room for a value, into the region of large or of small values; see `offset`.
  struct Room {
    Index code = 0;  // not negative: of a small value its start, of a large one `large` + its row
    bool small() const { return code < large; }
  };
  Room take(Index elements) {
    taken_ += elements;
    most_taken_ = std::max(most_taken_, taken_);
    if (elements >= grain) return take_large(elements);
    auto& gaps = small_gaps_[elements];
    Index start = small_end_;
    if (gaps.empty()) {
      small_end_ += elements;
    } else {
      start = gaps.back();
      gaps.pop_back();
    }
    return {start};
  }
  void give_back(Room room, Index elements) {
    taken_ -= elements;
    if (room.small()) {
      small_gaps_[elements].push_back(room.code);
    } else {
      give_back_large(room);
    }
  }
  /// Ends the planning: all values have been taken, and those that die given back.
  void settle();

  /// Whether all values are small: then each room's code is its offset.
  bool small() const { return lives_.empty(); }
  /// The whole buffer: large values first, small ones after them. After settle().
  Index elements() const { return large_end_ + small_end_; }
  /// Where the small ones begin. After settle().
  Index small_start() const { return large_end_; }
  Index offset(Room room) const {
    return room.small() ? large_end_ + room.code
                        : lives_[static_cast<std::size_t>(room.code - large)].start;
  }
  /// The most elements that were taken at once.
  Index least_elements() const { return most_taken_; }

 private:
  static constexpr Index grain = 16;
  /// A large value: its place, and from when to when it needs it, counted in takes and returns.
  struct Life {
    Index start, size;
    Index first, last;
  };
  Room take_large(Index elements);
  void give_back_large(Room room);
  Index place(Index size);
  void free(Index start, Index size);
  std::vector<Life> largest_first() const;

  std::vector<Life> lives_;
  Index now_ = 0;
  std::map<Index, Index> gaps_;  // start -> elements
  std::vector<Index> small_gaps_[grain];
  Index large_end_ = 0;
  Index small_end_ = 0;
  Index taken_ = 0;
  Index most_taken_ = 0;
};

}  // namespace gradus
