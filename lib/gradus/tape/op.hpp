/// What an op is: the interface behind which every op of the catalogue, and people's own, stands.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "gradus/tape/attributes.hpp"
#include "gradus/tape/var.hpp"
#include "gradus/tensor/view.hpp"

namespace gradus {

/// What people read about an op.
struct OpDoc {
  std::string_view name;        ///< as in the catalogue: "tanh"
  std::string_view formula;     ///< "y = tanh(x)"
  std::string_view derivative;  ///< "dx = dy * (1 - y^2)"; empty if there is none
  std::string_view kinks = {};  ///< where it has no derivative, and what is taken there
  /// For which operands it is defined, and what comes elsewhere; empty if for all numbers.
  std::string_view defined = {};
};

/// The range that tests and examples draw operands from, inside which the op is defined and, away
/// from its kinks, smooth.
struct Domain {
  double low = -2;
  double high = 2;
};

/// How a change of an operand reaches the result.
enum class Flow {
  smooth,  ///< through the op's derivative
  flat,    ///< the derivative is 0 wherever it exists: sign, step, comparisons
  cut      ///< there is no derivative to take: indices, classes, stop_gradient
};

/// What is asked about an op at each of the millions of nodes of a long tape: so it is data, which
/// costs no call.
struct OpTraits {
  /// The number of operands; -1 for any number from 1 on.
  int arity = 1;
  /// Whether element i of the result depends on element i of the (broadcast) operands alone.
  bool pointwise = false;
  /// Of each operand; from the third on all are alike.
  std::array<Flow, 3> flow{};
  /// Of a pointwise op of the catalogue, its position in the list (ops/list.hpp).
  int position = -1;
};

/// The operands and the result of one forward evaluation, in one precision.
template <Real T>
struct Forward {
  std::span<const View<const T>> x;
  View<T> y;  ///< uninitialised; its shape is what `shape` gave
  const Attributes& attributes;
};

/// What a derivative rule gets: the adjoint of the result and the recorded variables.
struct Vjp {
  int operand;  ///< the operand whose contribution is asked for
  Var dy;       ///< the adjoint of the result, in the result's shape
  std::span<const Var> x;
  Var y;
  const Attributes& attributes;
};

/// An op. Objects are immortal and stateless: nodes point at them.
class Op {
 public:
  explicit constexpr Op(const OpTraits& traits) : traits_(traits) {}
  virtual ~Op() = default;

  virtual const OpDoc& doc() const = 0;
  std::string_view name() const { return doc().name; }
  virtual Domain domain() const { return {}; }

  const OpTraits& traits() const { return traits_; }
  int arity() const { return traits_.arity; }
  bool pointwise() const { return traits_.pointwise; }
  Flow flow(int operand) const {
    return traits_.flow[operand < 2 ? static_cast<unsigned>(operand) : 2];
  }
  int position() const { return traits_.position; }
  /// Whether the result may be written over this operand, if it has the result's shape. Pointwise
  /// ops are not asked: theirs may.
  virtual bool in_place(int /*operand*/, const Attributes&) const { return false; }

  /// The shape of the result. Throws ShapeError that says which rule the operands break; the tape
  /// adds their names and where they were recorded.
  virtual Shape shape(std::span<const Shape> x, const Attributes& attributes) const = 0;

  virtual void forward(const Forward<float>& args) const = 0;
  virtual void forward(const Forward<double>& args) const = 0;

  /// Records the contribution of one operand, dL/dy * dy/dx, on dy's tape. It may come in the
  /// result's shape: what was broadcast is summed by `gradient`. Only called for smooth operands.
  virtual Var vjp(const Vjp& args) const = 0;

  /// Floating-point operations of one forward evaluation; transcendental functions count as one.
  virtual Index flops(std::span<const Shape> /*x*/, const Shape& y, const Attributes&) const {
    return y.elements();
  }

 private:
  OpTraits traits_;
};

}  // namespace gradus
