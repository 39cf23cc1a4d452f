#include "gradus/tape/attributes.hpp"

#include <fmt/core.h>

#include <string_view>
#include <vector>

#include "gradus/base/join.hpp"
#include "gradus/tape/op.hpp"

namespace gradus {
namespace {

/// "a", "b", ... for the operands of a chain; with a product, that is the first one and its
/// matrices are A and B, so that "c" is the op's third operand in both.
std::string operand_name(std::int32_t k, const std::string* product) {
  if (product && k == 0) return *product;
  return std::string(1, static_cast<char>('a' + k + (product ? 1 : 0)));
}

/// A chain as a formula: "sigmoid(A B + c)". Parentheses go around every sum and product inside
/// another op that is written between its operands.
std::string formula(const Chain& chain, const std::string* product) {
  struct Part {
    std::string text;
    bool compound;
  };
  std::vector<Part> parts;
  const auto part = [&](std::int32_t x) {
    return x < 0 ? parts[static_cast<std::size_t>(~x)]
                 : Part{operand_name(x, product), product != nullptr && x == 0};
  };
  // A result that is used twice is written twice, which grows without end in a chain of such ones.
  const auto shortened = [](std::string text) {
    constexpr std::size_t most = 200;
    return text.size() <= most ? text : std::string("(...)");
  };
  const auto inside = [&](std::int32_t x) {
    const Part p = part(x);
    return p.compound ? "(" + p.text + ")" : p.text;
  };
  for (const Chain::Step& step : chain.steps) {
    const std::string_view name = step.op->name();
    const char* between = name == "add"   ? " + "
                          : name == "mul" ? " * "
                          : name == "div" ? " / "
                                          : nullptr;
    if (between) {
      // A product needs no parentheses in a sum.
      const bool sum = name == "add";
      const std::string left = sum ? part(step.x[0]).text : inside(step.x[0]);
      const std::string right = sum ? part(step.x[1]).text : inside(step.x[1]);
      parts.push_back({shortened(left + between + right), true});
    } else if (name == "neg") {
      parts.push_back({"-" + inside(step.x[0]), true});
    } else {
      std::string text = std::string(name) + "(";
      for (int k = 0; k < step.op->arity(); ++k) {
        text += (k ? ", " : "") + part(step.x[static_cast<std::size_t>(k)]).text;
      }
      parts.push_back({shortened(text + ")"), false});
    }
  }
  if (parts.empty()) return product ? *product : "a";
  return parts.back().text;
}

struct Describe {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(const Axes& a) const {
    std::vector<int> axes;
    for (int i = 0; i < Shape::max_rank; ++i) {
      if (a.mask & (1u << i)) axes.push_back(i);
    }
    return fmt::format("axis=({}){}", join(axes, ", "), a.keepdims ? ", keepdims" : "");
  }
  std::string operator()(const Axis& a) const { return fmt::format("axis={}", a.axis); }
  std::string operator()(const Transposes& t) const {
    return t.a && t.b ? "Aᵀ Bᵀ" : t.a ? "Aᵀ B" : t.b ? "A Bᵀ" : "";
  }
  std::string operator()(const Target& t) const { return "shape=" + to_string(t.shape); }
  std::string operator()(const Permutation& p) const {
    return fmt::format("axes=({})",
                       join(std::span(p.axes).first(static_cast<std::size_t>(p.rank)), ", "));
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
  std::string operator()(const Fused& f) const { return formula(*f.chain, nullptr); }
  std::string operator()(const Product& p) const {
    const std::string product =
        fmt::format("A{} B{}", p.transposes.a ? "ᵀ" : "", p.transposes.b ? "ᵀ" : "");
    return formula(*p.chain, &product) + (p.skip_zeros ? ", but for zeros in A" : "");
  }
};

}  // namespace

std::string to_string(const Attributes& attributes) { return std::visit(Describe{}, attributes); }

}  // namespace gradus
