#include "gradus/base/pages.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#ifdef __linux__
#include <sys/mman.h>

#include <array>
#include <cstdint>
#include <mutex>
#endif

namespace gradus::memory_pages {
namespace {

Block checked(void* start, std::size_t bytes) {
  if (!start) throw std::bad_alloc();
  return {start, bytes};
}

#ifdef __linux__

/// Large blocks that were given back. Of huge pages the system may take the memory until they are
/// written again; the others are 64 MB at most.
class Spares {
 public:
  /// The smallest of `least` to `most` bytes, or the largest; nothing if there is none.
  Block take(std::size_t least, std::size_t most, bool largest) {
    const std::lock_guard lock(mutex_);
    Block* found = nullptr;
    for (Block& block : blocks_) {
      if (block.bytes < least || block.bytes > most) continue;
      if (!found || (largest ? block.bytes > found->bytes : block.bytes < found->bytes)) {
        found = &block;
      }
    }
    return found ? std::exchange(*found, Block{}) : Block{};
  }
  /// Whether there is room for it.
  bool keep(Block block) {
    if (block.bytes > most_bytes) return false;
    // Nobody is in need of less than a huge page, and the call takes longer than to fill it.
    if (block.bytes >= huge && madvise(block.start, block.bytes, MADV_FREE) != 0) return false;
    const std::lock_guard lock(mutex_);
    std::size_t bytes = block.bytes;
    Block* free = nullptr;
    for (Block& kept : blocks_) {
      bytes += kept.bytes;
      if (!kept.start) free = &kept;
    }
    if (!free || bytes > most_bytes) return false;
    *free = block;
    return true;
  }
  /// Gives all of them to the system, with their addresses.
  void release() {
    const std::lock_guard lock(mutex_);
    for (Block& block : blocks_) {
      if (block.start) munmap(block.start, block.bytes);
      block = {};
    }
  }

 private:
  static constexpr std::size_t most_bytes = std::size_t{1} << 29;
  std::mutex mutex_;
  std::array<Block, 32> blocks_{};
};
constinit Spares spares;

/// Addresses that nobody uses, for huge pages from a multiple of their size on, so that they fit.
/// The mapping has no memory behind it before it is written.
Block map(std::size_t bytes) {
  const std::size_t more = bytes < huge ? 0 : huge;
  const auto mapping = [size = bytes + more] {
    return mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  };
  void* mapped = mapping();
  if (mapped == MAP_FAILED) {  // spares may take the addresses, or what may be promised
    spares.release();
    mapped = mapping();
  }
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* start = static_cast<std::byte*>(mapped);
  if (more > 0) {
    const std::size_t before = (huge - reinterpret_cast<std::uintptr_t>(start) % huge) % huge;
    if (before > 0) munmap(start, before);
    start += before;
    if (before < huge) munmap(start + bytes, huge - before);
  }
  return {start, bytes};
}

/// Asks for huge pages where they fit. It is only advice: small pages do, too.
Block advised(Block block) {
  if (block.bytes >= huge) madvise(block.start, block.bytes, MADV_HUGEPAGE);
  return block;
}

#endif

}  // namespace

#ifdef __linux__

Block take(std::size_t bytes) {
  if (bytes < large) return checked(std::malloc(bytes), bytes);
  const Block spare = spares.take(bytes, 4 * bytes, false);
  return spare.start ? spare : advised(map(rounded(bytes)));
}

Block grow(Block block, std::size_t bytes) {
  if (bytes < large) return checked(std::realloc(block.start, bytes), bytes);
  // What grows, and nobody knows how far, takes a spare that is larger by much: its pages cost less
  // than new ones, though what it held is copied.
  Block target = spares.take(bytes, 16 * bytes, true);
  if (!target.start) {
    target = map(rounded(bytes));
    if (block.bytes >= large) {
      // Growing in the same call keeps it one mapping, as older kernels move no more than one.
      if (mremap(block.start, block.bytes, target.bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
                 target.start) != MAP_FAILED) {
        return advised(target);  // the pages moved
      }
      target = map(rounded(bytes));  // the failed call may have taken the first one away
    }
    advised(target);
  }
  std::memcpy(target.start, block.start, block.bytes);
  give_back(block);
  return target;
}

void give_back(Block block) noexcept {
  if (block.bytes < large) {
    std::free(block.start);
  } else if (!spares.keep(block)) {
    munmap(block.start, block.bytes);
  }
}

#else

Block take(std::size_t bytes) { return checked(std::malloc(bytes), bytes); }
Block grow(Block block, std::size_t bytes) {
  return checked(std::realloc(block.start, bytes), bytes);
}
void give_back(Block block) noexcept { std::free(block.start); }

#endif

}  // namespace gradus::memory_pages
