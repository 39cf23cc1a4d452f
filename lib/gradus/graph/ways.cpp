#include "gradus/graph/ways.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <optional>
#include <tuple>

namespace gradus {
namespace {

using boost::multiprecision::cpp_int;

/// Longer counts are not kept: a chain of millions of doublings would take terabytes.
constexpr unsigned longest_count = 19'900;  // bits, of somewhat less than 6,000 digits

/// The exact count, or nothing if it is too long. A count is dropped after its last use.
std::optional<cpp_int> exact_count(const Ways& ways) {
  std::vector<std::uint32_t> uses(ways.vertices());
  for (const std::uint32_t from : ways.tail) ++uses[from];
  std::vector<cpp_int> count(ways.vertices());
  count[0] = 1;
  for (std::size_t v = 1; v < ways.vertices(); ++v) {
    for (std::uint32_t e = ways.first_edge[v]; e < ways.first_edge[v + 1]; ++e) {
      const std::uint32_t from = ways.tail[e];
      count[v] += count[from];
      if (--uses[from] == 0) count[from] = cpp_int();
    }
    if (msb(count[v]) > longest_count) return std::nullopt;
  }
  return count.back();
}

/// log2 of the count, with mantissas and exponents apart, as no floating-point number is so large.
double log2_count(const Ways& ways) {
  std::vector<double> mantissa(ways.vertices());
  std::vector<std::int64_t> exponent(ways.vertices());
  mantissa[0] = 1;
  for (std::size_t v = 1; v < ways.vertices(); ++v) {
    std::int64_t largest = 0;
    for (std::uint32_t e = ways.first_edge[v]; e < ways.first_edge[v + 1]; ++e) {
      largest = std::max(largest, exponent[ways.tail[e]]);
    }
    double sum = 0;
    for (std::uint32_t e = ways.first_edge[v]; e < ways.first_edge[v + 1]; ++e) {
      const std::int64_t shift = exponent[ways.tail[e]] - largest;
      if (shift > -1100) sum += std::ldexp(mantissa[ways.tail[e]], static_cast<int>(shift));
    }
    int more = 0;
    mantissa[v] = std::frexp(sum, &more);
    exponent[v] = largest + more;
  }
  return std::log2(mantissa.back()) + static_cast<double>(exponent.back());
}

}  // namespace

Ways::Ways(NodeId start, std::vector<Wire> wires) {
  std::sort(wires.begin(), wires.end(), [](const Wire& a, const Wire& b) {
    return std::tie(a.to, a.operand) < std::tie(b.to, b.operand);
  });
  nodes.push_back(start);
  first_edge = {0, 0};
  tail.reserve(wires.size());
  operand.reserve(wires.size());
  for (const Wire& wire : wires) {
    if (wire.to != nodes.back()) {
      nodes.push_back(wire.to);
      first_edge.push_back(first_edge.back());
    }
    const auto from = std::lower_bound(nodes.begin(), nodes.end(), wire.from);
    tail.push_back(static_cast<std::uint32_t>(from - nodes.begin()));
    operand.push_back(wire.operand);
    ++first_edge.back();
  }
}

PathCount count_paths(const Ways& ways) {
  PathCount result;
  if (const auto exact = exact_count(ways)) {
    result.digits = exact->str();
    const std::string leading = result.digits.substr(0, 17);
    result.log10 =
        std::log10(std::stod(leading)) + static_cast<double>(result.digits.size() - leading.size());
    result.small =
        *exact < PathCount::too_large ? static_cast<std::uint64_t>(*exact) : PathCount::too_large;
  } else {
    result.log10 = log2_count(ways) * std::log10(2.0);
    result.small = PathCount::too_large;
  }
  return result;
}

std::size_t longest_path(const Ways& ways) {
  std::vector<std::size_t> length(ways.vertices());
  for (std::size_t v = 0; v < ways.vertices(); ++v) {
    for (std::uint32_t e = ways.first_edge[v]; e < ways.first_edge[v + 1]; ++e) {
      length[v] = std::max(length[v], length[ways.tail[e]] + 1);
    }
  }
  return length.back();
}

std::vector<std::uint32_t> crossed_by_all(const Ways& ways) {
  std::vector<std::uint32_t> reach(ways.vertices());  // the last vertex that an edge leads to
  for (std::uint32_t v = 0; v < ways.vertices(); ++v) {
    for (std::uint32_t e = ways.first_edge[v]; e < ways.first_edge[v + 1]; ++e) {
      reach[ways.tail[e]] = v;
    }
  }
  std::vector<std::uint32_t> crossed;
  std::uint32_t furthest = 0;  // of the edges that come from before v
  for (std::uint32_t v = 0; v < ways.vertices(); ++v) {
    if (furthest <= v) crossed.push_back(v);
    furthest = std::max(furthest, reach[v]);
  }
  return crossed;
}

}  // namespace gradus
