/// Values of nodes that somebody has looked at, in double.
#pragma once

#include <cstdint>
#include <vector>

#include "gradus/tape/var.hpp"

namespace gradus {

/// Values by node, end to end in one buffer: 8 bytes a node and 8 an element. Filled by `value`
/// (run/), emptied by the tape when a leaf changes or nodes go.
class ValueCache {
 public:
  /// The elements kept for a node, or nothing. The pointer holds until the next `add`.
  const double* find(NodeId id) const {
    return id < start_.size() && start_[id] != 0 ? buffer_.data() + start_[id] : nullptr;
  }
  /// Room for the value of a node, to be filled by the caller; or to be dropped, if that fails.
  double* add(NodeId id, std::size_t elements) {
    if (id >= start_.size()) start_.resize(std::size_t{id} + 1);
    start_[id] = buffer_.size();
    buffer_.resize(buffer_.size() + elements);
    return buffer_.data() + start_[id];
  }
  void drop(NodeId id) { start_[id] = 0; }
  /// Forgets everything if a node at or after `first` is kept. (Values may lie in any order in the
  /// buffer, so that single ones cannot be given back.)
  void forget_from(NodeId first) {
    if (start_.size() > first) clear();
  }
  void clear() {
    start_.clear();
    buffer_.resize(1);
  }

 private:
  std::vector<std::uint64_t> start_;  // of each node in buffer_; 0 is not kept
  // The first element is nobody's, so that no value starts at 0, nor at nullptr if it is empty.
  std::vector<double> buffer_ = std::vector<double>(1);
};

}  // namespace gradus
