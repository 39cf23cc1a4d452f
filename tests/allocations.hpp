/// How often memory was asked for: what runs many times should not ask at all.
#pragma once

#include <cstddef>

namespace allocations {

/// Whether requests are counted: with glibc, and without sanitizers, which have an allocator of
/// their own.
bool counted();

/// How often all threads together have called malloc, calloc, realloc, aligned_alloc, memalign or
/// posix_memalign so far; `new` does so too.
std::size_t count();

}  // namespace allocations
