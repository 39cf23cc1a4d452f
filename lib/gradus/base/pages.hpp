/// Memory for arrays of many megabytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace gradus {

/// Blocks of memory, from malloc if they are small. On Linux others are pages of their own, which
/// move when they grow, and are copied into a spare only. The largest are asked to be of huge
/// pages, since a new page costs more than what is written into it: 0.7 ns a byte with pages of 4
/// KiB, 0.25 with those of 2 MiB, where 0.14 are the writing (see docs/performance.md). Blocks that
/// were given back are spares for the next ones, which cost the writing alone: tapes are made again
/// and again. At most 512 MB are kept; of huge pages the system may take the memory whenever it
/// needs some. Throw std::bad_alloc if there is no memory.
namespace memory_pages {

struct Block {
  void* start = nullptr;
  std::size_t bytes = 0;
};

/// Blocks from this size on are pages of their own.
inline constexpr std::size_t large = std::size_t{1} << 17;
/// Blocks from this size on are whole huge pages.
inline constexpr std::size_t huge = std::size_t{1} << 21;
/// The size of the block that is needed for this many bytes.
inline std::size_t rounded(std::size_t bytes) {
  const std::size_t page = bytes < large ? 1 : bytes < huge ? 4096 : huge;
  return (bytes + page - 1) / page * page;
}
/// A block of this many bytes, or a spare of more.
Block take(std::size_t bytes);
/// A larger block that starts with what `block`, which is gone, held.
Block grow(Block block, std::size_t bytes);
void give_back(Block block) noexcept;

}  // namespace memory_pages

/// A vector of plain data that grows to millions of elements and is hardly copied.
template <class T>
class GrowingArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  GrowingArray() = default;
  GrowingArray(const GrowingArray& other) {
    if (other.size_ > 0) std::copy(other.begin(), other.end(), extend(other.size_));
  }
  GrowingArray(GrowingArray&& other) noexcept { swap(other); }
  GrowingArray& operator=(GrowingArray other) noexcept {
    swap(other);
    return *this;
  }
  ~GrowingArray() {
    if (block_.start) memory_pages::give_back(block_);
  }

  std::size_t size() const { return size_; }
  /// That are taken, used or not. (The rest of a spare, which may be larger, is not counted.)
  std::size_t bytes() const { return memory_pages::rounded(capacity_ * sizeof(T)); }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

  void push_back(const T& element) {
    const T copy = element;  // it may lie here, and the array may move
    if (!has_room(1)) grow(64);
    data_[size_++] = copy;
  }
  /// Appends elements that the caller fills, and tells where they are.
  T* extend(std::size_t elements) {
    make_room(elements);
    return extend_within(elements);
  }
  /// The same where there is room.
  T* extend_within(std::size_t elements) { return data_ + std::exchange(size_, size_ + elements); }
  bool has_room(std::size_t elements) const { return size_ + elements <= capacity_; }
  /// Makes room for more elements: at least twice what there was.
  void make_room(std::size_t elements) {
    if (!has_room(elements)) grow(elements);
  }
  template <class Iterator>
  void append(Iterator first, Iterator last) {
    for (; first != last; ++first) push_back(*first);
  }
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    const std::size_t bytes = memory_pages::rounded(capacity * sizeof(T));
    if (bytes > block_.bytes) {
      block_ = block_.start ? memory_pages::grow(block_, bytes) : memory_pages::take(bytes);
      data_ = static_cast<T*>(block_.start);
    }
    capacity_ = bytes / sizeof(T);
  }
  /// Forgets the elements from `size` on.
  void shrink(std::size_t size) { size_ = std::min(size_, size); }

 private:
  [[gnu::noinline]] void grow(std::size_t elements) {
    reserve(std::max(size_ + elements, 2 * capacity_));
  }
  void swap(GrowingArray& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    std::swap(block_, other.block_);
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  memory_pages::Block block_;  // a spare may be larger than what is needed so far
};

}  // namespace gradus
