#include "gradus/base/pages.hpp"

#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <new>
#include <string>

#include "catch.hpp"

using gradus::GrowingArray;

namespace {

/// The number of mappings of this process in which the bytes from `first` up to `last` lie; 0 where
/// the system does not tell.
int mappings_of(const void* first, const void* last) {
  const auto from = reinterpret_cast<std::uintptr_t>(first);
  const auto to = reinterpret_cast<std::uintptr_t>(last);
  std::ifstream maps("/proc/self/maps");
  int found = 0;
  for (std::string line; std::getline(maps, line);) {
    unsigned long start = 0, end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx", &start, &end) != 2) continue;
    found += start < to && from < end ? 1 : 0;
  }
  return found;
}

}  // namespace

TEST_CASE("A growing array keeps its elements, and stays one mapping", "[pages]") {
  // Older kernels move one mapping only, and would copy an array of several.
  const std::size_t huge = gradus::memory_pages::huge / sizeof(std::uint64_t);
  GrowingArray<std::uint64_t> array;
  for (std::uint64_t i = 0; i < 9 * huge; ++i) array.push_back(i * i);
  REQUIRE(array.size() == 9 * huge);
  bool same = true;
  for (std::uint64_t i = 0; i < array.size(); ++i) same = same && array[i] == i * i;
  CHECK(same);
  CHECK(mappings_of(array.begin(), array.end()) <= 1);
  CHECK(array.bytes() % gradus::memory_pages::huge == 0);
}

TEST_CASE("A growing array is extended, shrunk, copied and moved", "[pages]") {
  GrowingArray<int> array;
  for (const int n : {3, 0, 100, 700000}) {
    const std::size_t before = array.size();
    int* const added = array.extend(static_cast<std::size_t>(n));
    REQUIRE(added == array.begin() + before);
    for (int i = 0; i < n; ++i) added[i] = n - i;
  }
  REQUIRE(array.size() == 700103);
  CHECK(array[0] == 3);
  CHECK(array[3] == 100);
  CHECK(array[103] == 700000);
  CHECK(array[700102] == 1);

  GrowingArray<int> copy = array;
  copy[0] = 17;
  CHECK(array[0] == 3);
  CHECK(copy.size() == array.size());
  CHECK(copy[700102] == 1);
  const int* const data = copy.data();
  const GrowingArray<int> moved = std::move(copy);
  CHECK(moved.data() == data);
  array = moved;
  CHECK(array[0] == 17);
  CHECK(array.data() != moved.data());
  array.shrink(2);
  CHECK(array.size() == 2);
  array.shrink(5);
  CHECK(array.size() == 2);
  const GrowingArray<int> none = GrowingArray<int>();
  const GrowingArray<int> of_none = none;
  CHECK(of_none.size() == 0);
}

TEST_CASE("What grows is a spare of what went, and says no more than it needs", "[pages]") {
  constexpr std::size_t huge = gradus::memory_pages::huge;
  const auto filled = [](std::size_t bytes) {
    GrowingArray<unsigned char> array;
    for (std::size_t i = 0; i < bytes; ++i) array.push_back(static_cast<unsigned char>(i % 251));
    return array;
  };
  const std::size_t bytes = filled(5 * huge).bytes();  // gone, and perhaps a spare
  for (int round = 0; round < 3; ++round) {
    GrowingArray<unsigned char> a = filled(5 * huge);
    const GrowingArray<unsigned char> b = filled(3 * huge / 2);
    GrowingArray<unsigned char> c;
    std::fill_n(c.extend(2 * huge), 2 * huge, static_cast<unsigned char>(7));
    CHECK(a.bytes() == bytes);
    CHECK(b.bytes() == 2 * huge);
    CHECK(c.bytes() == 2 * huge);
    for (std::size_t i = a.size(); i < 9 * huge; ++i) {
      a.push_back(static_cast<unsigned char>(i % 251));
    }
    bool same = true;
    for (std::size_t i = 0; i < a.size(); ++i) same = same && a[i] == i % 251;
    for (std::size_t i = 0; i < b.size(); ++i) same = same && b[i] == i % 251;
    for (const unsigned char x : c) same = same && x == 7;
    CHECK(same);
  }
}

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
TEST_CASE("Spares are given to the system before memory is said to be gone", "[pages]") {
  constexpr std::size_t mb = std::size_t{1} << 20;
  const auto reserved = [](std::size_t bytes) {
    GrowingArray<unsigned char> array;
    array.reserve(bytes);
  };
  reserved(300 * mb);  // a spare now: it takes addresses, and no memory
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_AS, &before) == 0);
  rlimit tight = before;
  tight.rlim_cur = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + 100 * mb;
  REQUIRE(setrlimit(RLIMIT_AS, &tight) == 0);
  CHECK_NOTHROW(reserved(350 * mb));
  CHECK_THROWS_AS(reserved(2000 * mb), std::bad_alloc);
  REQUIRE(setrlimit(RLIMIT_AS, &before) == 0);
}
#endif
