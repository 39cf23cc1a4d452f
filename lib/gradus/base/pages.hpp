/// Memory for arrays of many megabytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace gradus {

/// Blocks of memory, from malloc if they are small. Large ones are on Linux asked to be of huge
/// pages, since a new page costs more than what is written into it: 0.7 ns a byte with pages of
/// 4 KiB, 0.25 with those of 2 MiB, where 0.1 are the writing (see docs/performance.md). They grow
/// without being copied. Throw std::bad_alloc if there is no memory.
namespace memory_pages {

/// Blocks from this size on are large, and whole multiples of it.
inline constexpr std::size_t large = std::size_t{1} << 21;
/// The size of the block that is taken for this many bytes.
inline std::size_t rounded(std::size_t bytes) {
  return bytes < large ? bytes : (bytes + large - 1) / large * large;
}
void* take(std::size_t bytes);
/// A block that starts with what `block`, which is gone, held.
void* grow(void* block, std::size_t old_bytes, std::size_t bytes);
void give_back(void* block, std::size_t bytes) noexcept;

/// Asks for huge pages where memory that came from elsewhere is large. To be called before it is
/// written.
void advise(void* memory, std::size_t bytes);

}  // namespace memory_pages

/// Makes room in a vector that is still empty, from huge pages if it is large.
template <class T>
void reserve(std::vector<T>& empty, std::size_t elements) {
  empty.reserve(elements);
  memory_pages::advise(empty.data(), elements * sizeof(T));
}

/// A vector of plain data that grows to millions of elements without being copied.
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
    if (data_) memory_pages::give_back(data_, bytes_);
  }

  std::size_t size() const { return size_; }
  std::size_t bytes() const { return bytes_; }  ///< that are taken, used or not
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
    if (size_ == capacity_) reserve(2 * capacity_ + 64);
    data_[size_++] = copy;
  }
  /// Appends elements that the caller fills, and tells where they are.
  T* extend(std::size_t elements) {
    if (size_ + elements > capacity_) reserve(std::max(size_ + elements, 2 * capacity_));
    return data_ + std::exchange(size_, size_ + elements);
  }
  template <class Iterator>
  void append(Iterator first, Iterator last) {
    for (; first != last; ++first) push_back(*first);
  }
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    const std::size_t bytes = memory_pages::rounded(capacity * sizeof(T));
    data_ = static_cast<T*>(data_ ? memory_pages::grow(data_, bytes_, bytes)
                                  : memory_pages::take(bytes));
    bytes_ = bytes;
    capacity_ = bytes / sizeof(T);
  }
  /// Forgets the elements from `size` on.
  void shrink(std::size_t size) { size_ = std::min(size_, size); }

 private:
  void swap(GrowingArray& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    std::swap(bytes_, other.bytes_);
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::size_t bytes_ = 0;  // of the block
};

}  // namespace gradus
