#include <deque>

#include <utility>

#include "gradus/ops/ops.hpp"

namespace gradus {
namespace {

class UserOp final : public Op {
 public:
  explicit UserOp(CustomOp definition, bool pointwise)
      : Op({definition.arity, pointwise, flow_of(definition)}),
        definition_(std::move(definition)),
        doc_{definition_.name, definition_.formula, definition_.derivative} {}

  const OpDoc& doc() const override { return doc_; }
  Domain domain() const override { return definition_.domain; }

  Shape shape(std::span<const Shape> x, const Attributes&) const override {
    return definition_.shape ? definition_.shape(x) : broadcast(x);
  }

  void forward(const Forward<double>& args) const override { definition_.forward(args.x, args.y); }

  void forward(const Forward<float>& args) const override {
    std::vector<Tensor<double>> wide;
    std::vector<View<const double>> x;
    wide.reserve(args.x.size());
    for (const View<const float>& operand : args.x) {
      Tensor<double>& copy = wide.emplace_back(*operand.shape);
      std::copy_n(operand.data, operand.elements(), copy.begin());
      x.push_back({copy.data(), operand.shape});
    }
    Tensor<double> y(*args.y.shape);
    definition_.forward(x, {y.data(), args.y.shape});
    std::transform(y.begin(), y.end(), args.y.data, [](double v) { return static_cast<float>(v); });
  }

  Var vjp(const Vjp& v) const override { return definition_.vjp(v); }

 private:
  static std::array<Flow, 3> flow_of(const CustomOp& definition) {
    const Flow flow = definition.vjp ? Flow::smooth : Flow::cut;
    return {flow, flow, flow};
  }

  CustomOp definition_;
  OpDoc doc_;  // looks into definition_
};

const Op& keep(CustomOp definition, bool pointwise) {
  static std::deque<UserOp> ops;  // nodes point at them, so they never go
  if (definition.name.empty() || !definition.forward || definition.arity == 0) {
    throw Error("a custom op needs a name, operands and a forward function");
  }
  return ops.emplace_back(std::move(definition), pointwise);
}

}  // namespace

const Op& custom_op(CustomOp definition) { return keep(std::move(definition), false); }

const Op& custom_op(std::string name, std::function<double(double)> f,
                    std::function<Var(Var dy, Var x, Var y)> dx) {
  CustomOp definition;
  definition.formula = "y = " + name + "(x)";
  definition.name = std::move(name);
  definition.forward = [f = std::move(f)](std::span<const View<const double>> x, View<double> y) {
    std::transform(x[0].data, x[0].data + y.elements(), y.data, f);
  };
  if (dx) {
    definition.vjp = [dx = std::move(dx)](const Vjp& v) { return dx(v.dy, v.x[0], v.y); };
  }
  return keep(std::move(definition), true);
}

}  // namespace gradus
