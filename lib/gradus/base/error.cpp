#include "gradus/base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "gradus/base/join.hpp"

namespace gradus {
namespace {

/// Letters to change, insert, drop or swap with their neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  std::vector<std::size_t> before, last;  // the rows of i - 2 and i - 1
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j - 1] + (a[i - 1] != b[j - 1]), last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool differ_in_case(std::string_view a, std::string_view b) {
  return a != b && std::equal(a.begin(), a.end(), b.begin(), b.end(),
                              [](char x, char y) { return small(x) == small(y); });
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  // A longer word than this is no misspelling, and the distance takes quadratic time.
  if (word.size() > 64) return {};
  std::string_view best;
  std::size_t best_distance = word.size() + 1;
  for (const std::string_view candidate : known) {
    if (differ_in_case(word, candidate)) {
      best = candidate;
      best_distance = 0;
      continue;
    }
    const std::size_t distance = edit_distance(word, candidate);
    const std::size_t limit = std::max<std::size_t>(2, std::max(word.size(), candidate.size()) / 3);
    if (distance <= limit && distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string unknown_name(std::string_view what, std::string_view word,
                         std::span<const std::string_view> known) {
  const std::string_view close = nearest(word, known);
  std::string shown(word.substr(0, 64));  // it may come from a file, and go to a terminal
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  std::replace_if(shown.begin(), shown.end(), is_control, ' ');
  return fmt::format("unknown {} '{}'{} Known: {}", what, shown,
                     close.empty() ? std::string(".") : fmt::format(": did you mean '{}'?", close),
                     join(known, ", "));
}

}  // namespace gradus
