#include "gradus/tape/attributes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace gradus {
namespace {

struct Describe {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(const Axes& a) const {
    std::vector<int> axes;
    for (int i = 0; i < Shape::max_rank; ++i) {
      if (a.mask & (1u << i)) axes.push_back(i);
    }
    return fmt::format("axis=({}){}", fmt::join(axes, ", "), a.keepdims ? ", keepdims" : "");
  }
  std::string operator()(const Axis& a) const { return fmt::format("axis={}", a.axis); }
  std::string operator()(const Transposes& t) const {
    return t.a && t.b ? "Aᵀ Bᵀ" : t.a ? "Aᵀ B" : t.b ? "A Bᵀ" : "";
  }
  std::string operator()(const Target& t) const { return "shape=" + to_string(t.shape); }
  std::string operator()(const Permutation& p) const {
    return fmt::format("axes=({})", fmt::join(p.axes.begin(), p.axes.begin() + p.rank, ", "));
  }
  std::string operator()(const Slices& s) const {
    std::string text;
    for (int i = 0; i < s.full.rank(); ++i) {
      const auto k = static_cast<std::size_t>(i);
      const Index stop = s.start[k] + s.count[k] * s.step[k];
      text += fmt::format("{}{}:{}", i ? ", " : "", s.start[k], stop);
      if (s.step[k] != 1) text += fmt::format(":{}", s.step[k]);
    }
    return fmt::format("[{}]", text);
  }
  std::string operator()(const Number& n) const { return fmt::format("{}", n.value); }
  std::string operator()(const Count& c) const { return fmt::format("{}", c.count); }
};

}  // namespace

std::string to_string(const Attributes& attributes) { return std::visit(Describe{}, attributes); }

}  // namespace gradus
