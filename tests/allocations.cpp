// The C library's allocator with a counter before it. What is defined in the program comes before
// the library's own, for everything in the process; freeing stays as it is.
#include "allocations.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GRADUS_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define GRADUS_SANITIZED
#endif
#endif

#if defined(__GLIBC__) && !defined(GRADUS_SANITIZED)

namespace {
std::atomic<std::size_t> requests{0};
}  // namespace

extern "C" {

// What glibc's malloc and its kin are other names of.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) noexcept {
  ++requests;
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  ++requests;
  return __libc_calloc(count, size);
}

void* realloc(void* old, std::size_t size) noexcept {
  ++requests;
  return __libc_realloc(old, size);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  ++requests;
  return __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++requests;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** to, std::size_t alignment, std::size_t size) noexcept {
  ++requests;
  void* const memory = __libc_memalign(alignment, size);
  if (memory == nullptr) return ENOMEM;
  *to = memory;
  return 0;
}

}  // extern "C"

namespace allocations {
bool counted() { return true; }
std::size_t count() { return requests; }
}  // namespace allocations

#else

namespace allocations {
bool counted() { return false; }
std::size_t count() { return 0; }
}  // namespace allocations

#endif
