#include "gradus/tape/leaf.hpp"

#include "gradus/base/error.hpp"

namespace gradus {
namespace {

class Leaf final : public Op {
 public:
  explicit constexpr Leaf(OpDoc doc) : Op({.arity = 0}), doc_(doc) {}
  const OpDoc& doc() const override { return doc_; }
  Shape shape(std::span<const Shape>, const Attributes&) const override { throw no_rule(); }
  void forward(const Forward<float>&) const override { throw no_rule(); }
  void forward(const Forward<double>&) const override { throw no_rule(); }
  Var vjp(const Vjp&) const override { throw no_rule(); }
  Index flops(std::span<const Shape>, const Shape&, const Attributes&) const override { return 0; }

 private:
  static Error no_rule() { return Error("a leaf of the tape has a value, not a rule"); }
  OpDoc doc_;
};

}  // namespace

const Op& input_op() {
  static const Leaf op({"input", "x", ""});
  return op;
}

const Op& parameter_op() {
  static const Leaf op({"parameter", "w", ""});
  return op;
}

const Op& constant_op() {
  static const Leaf op({"constant", "c", ""});
  return op;
}

}  // namespace gradus
