#include "gradus/base/pages.hpp"

#include <cstring>

#ifdef __linux__
#include <sys/mman.h>

#include <cstdint>
#endif

namespace gradus::memory_pages {
namespace {

void* checked(void* block) {
  if (!block) throw std::bad_alloc();
  return block;
}

#ifdef __linux__

/// Addresses that nobody uses, from a multiple of `large` on, so that huge pages fit. The mapping
/// has no memory behind it before it is written.
void* map(std::size_t bytes) {
  void* mapped =
      mmap(nullptr, bytes + large, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* const start = static_cast<std::byte*>(mapped);
  const std::size_t before = (large - reinterpret_cast<std::uintptr_t>(start) % large) % large;
  if (before > 0) munmap(start, before);
  if (before < large) munmap(start + before + bytes, large - before);
  madvise(start + before, bytes, MADV_HUGEPAGE);  // only advice: small pages do, too
  return start + before;
}

#endif

}  // namespace

#ifdef __linux__

void* take(std::size_t bytes) {
  return bytes < large ? checked(std::malloc(bytes)) : map(rounded(bytes));
}

void* grow(void* block, std::size_t old_bytes, std::size_t bytes) {
  if (bytes < large) return checked(std::realloc(block, bytes));
  void* target = map(rounded(bytes));
  if (old_bytes >= large) {
    // Growing in the same call keeps it one mapping, as older kernels move no more than one.
    if (mremap(block, rounded(old_bytes), rounded(bytes), MREMAP_MAYMOVE | MREMAP_FIXED, target) !=
        MAP_FAILED) {
      return target;  // the pages moved
    }
    target = map(rounded(bytes));  // the failed call may have taken the first one away
  }
  std::memcpy(target, block, old_bytes);
  give_back(block, old_bytes);
  return target;
}

void give_back(void* block, std::size_t bytes) noexcept {
  if (bytes < large) {
    std::free(block);
  } else {
    munmap(block, rounded(bytes));
  }
}

void advise(void* memory, std::size_t bytes) {
  if (bytes < large) return;
  const auto start = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t first = (start + large - 1) / large * large;
  const std::uintptr_t end = (start + bytes) / large * large;
  if (first < end) madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

#else

void* take(std::size_t bytes) { return checked(std::malloc(bytes)); }
void* grow(void* block, std::size_t, std::size_t bytes) {
  return checked(std::realloc(block, bytes));
}
void give_back(void* block, std::size_t) noexcept { std::free(block); }
void advise(void*, std::size_t) {}

#endif

}  // namespace gradus::memory_pages
