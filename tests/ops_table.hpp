/// How to record every op of the catalogue in a test: operands, shapes and attributes. Pointwise
/// ops get their rows from the list of all ops; an op with attributes or indices has rows here. A
/// test (check/mutants_test.cpp) fails if an op has none.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/ops/ops.hpp"

namespace gradus::test {

/// One operand: drawn uniformly from the op's domain, or given, as indices and conditions are.
struct CaseOperand {
  CaseOperand(const Shape& of_shape) : shape(of_shape) {}  // NOLINT: implicit on purpose
  CaseOperand(const Shape& of_shape, std::vector<double> given)
      : shape(of_shape), values(std::move(given)) {}

  Shape shape;
  std::vector<double> values = {};
  bool is_given() const { return !values.empty(); }
};

/// One way to record an op.
struct OpCase {
  const Op* op;
  std::string label;  ///< "matmul: a transposed"
  std::vector<CaseOperand> operands;
  Attributes attributes = {};
};

/// A case with its operands on a tape. Given operands are constants, drawn ones parameters x0,
/// x1...
struct RecordedCase {
  std::vector<Var> operands;
  std::vector<Var> drawn;
  Var result;
};

inline Tensor<double> draw(const Shape& shape, double low, double high, Random& random) {
  Tensor<double> x(shape);
  for (double& v : x) v = random.uniform(low, high);
  return x;
}

/// Records a case, by `as` in place of its own op if there is one.
inline RecordedCase record_case(Tape& tape, const OpCase& row, Random& random,
                                const Op* as = nullptr) {
  RecordedCase recorded;
  const Domain domain = row.op->domain();
  for (const CaseOperand& operand : row.operands) {
    if (operand.is_given()) {
      const Tensor<double> given(operand.shape, std::span<const double>(operand.values));
      recorded.operands.push_back(tape.constant(given));
    } else {
      recorded.operands.push_back(
          tape.parameter(draw(operand.shape, domain.low, domain.high, random),
                         "x" + std::to_string(recorded.drawn.size())));
      recorded.drawn.push_back(recorded.operands.back());
    }
  }
  recorded.result = tape.record(as ? *as : *row.op, recorded.operands, row.attributes);
  return recorded;
}

/// A single number that depends on every element of y with a weight of its own, so that the adjoint
/// of y is neither constant nor symmetric: a plain sum would hide many a wrong rule.
inline Var weighted_sum(Var y, Random& random) {
  return sum(y * y.tape().constant(draw(y.shape(), 0.5, 2, random)));
}

/// Shapes for the operands of a pointwise op: scalars, vectors, square (so that a transpose fits),
/// and every way of broadcasting.
inline std::vector<std::pair<std::string, std::vector<Shape>>> pointwise_shapes(int arity) {
  using Rows = std::vector<std::pair<std::string, std::vector<Shape>>>;
  const Shape scalar;
  switch (arity) {
    case 1:
      return Rows{{"scalar", {scalar}},
                  {"vector", {Shape{5}}},
                  {"square", {Shape{3, 3}}},
                  {"rank 4", {Shape{2, 1, 3, 2}}}};
    case 2:
      return Rows{{"scalars", {scalar, scalar}},
                  {"square", {Shape{3, 3}, Shape{3, 3}}},
                  {"matrix and row", {Shape{2, 3}, Shape{3}}},
                  {"column and matrix", {Shape{2, 1}, Shape{2, 3}}},
                  {"column and row", {Shape{3, 1}, Shape{1, 4}}},
                  {"scalar and rank 3", {scalar, Shape{2, 3, 2}}}};
    default:
      return Rows{{"square", {Shape{3, 3}, Shape{3, 3}, Shape{3, 3}}},
                  {"matrix, row and scalar", {Shape{2, 3}, Shape{3}, scalar}}};
  }
}

/// Alternating 0 and 1, for conditions.
inline std::vector<double> conditions(const Shape& shape) {
  std::vector<double> values(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 2 == 0 ? 1.0 : 0.0;
  return values;
}

inline void add_pointwise_cases(std::vector<OpCase>& rows) {
  for (const Op* op : all_ops()) {
    if (!op->pointwise()) continue;
    Attributes attributes;
    if (op == &gradus::op<LeakyRelu>()) attributes = Number{0.1};
    if (op == &gradus::op<Elu>()) attributes = Number{0.7};
    for (const auto& [label, shapes] : pointwise_shapes(op->arity())) {
      OpCase row{op, std::string(op->name()) + ": " + label, {}, attributes};
      for (const Shape& shape : shapes) row.operands.emplace_back(shape);
      if (op == &gradus::op<Where>()) row.operands[0].values = conditions(shapes[0]);
      rows.push_back(std::move(row));
    }
  }
}

inline void add_structural_cases(std::vector<OpCase>& rows) {
  const auto add = [&rows](const Op& op, std::string_view label, std::vector<CaseOperand> operands,
                           const Attributes& attributes = {}) {
    rows.push_back(
        {&op, std::string(op.name()) + ": " + std::string(label), std::move(operands), attributes});
  };
  const Shape square{3, 3};
  const Shape cube{2, 3, 4};

  for (const Op* op : {&gradus::op<Sum>(), &gradus::op<Max>()}) {
    add(*op, "all", {square}, Axes{0b11u, false});
    add(*op, "rows kept", {square}, Axes{0b10u, true});
    add(*op, "columns", {square}, Axes{0b01u, false});
    add(*op, "outer and inner", {cube}, Axes{0b101u, false});
    add(*op, "scalar", {Shape{}}, Axes{0u, false});
  }
  add(op<Argmax>(), "last axis", {square}, Axis{1});
  for (const Op* op : {&gradus::op<Softmax>(), &gradus::op<LogSoftmax>()}) {
    add(*op, "last axis", {square}, Axis{1});
    add(*op, "first axis", {square}, Axis{0});
    add(*op, "middle axis", {cube}, Axis{1});
  }

  add(op<Matmul>(), "square", {square, square}, Transposes{false, false});
  add(op<Matmul>(), "a transposed", {square, square}, Transposes{true, false});
  add(op<Matmul>(), "b transposed", {square, square}, Transposes{false, true});
  add(op<Matmul>(), "both transposed", {Shape{3, 2}, Shape{4, 3}}, Transposes{true, true});
  add(op<Matmul>(), "rectangular", {Shape{2, 3}, Shape{3, 4}}, Transposes{false, false});
  add(op<Matmul>(), "batch", {Shape{2, 3, 3}, square}, Transposes{false, false});

  add(op<Reshape>(), "to rank 1", {square}, Target{Shape{9}});
  add(op<Reshape>(), "to rank 3", {Shape{4, 3}}, Target{Shape{2, 2, 3}});
  add(op<Permute>(), "transpose", {square}, Permutation{{1, 0}, 2});
  add(op<Permute>(), "cycle", {cube}, Permutation{{2, 0, 1}, 3});
  add(op<BroadcastTo>(), "row", {Shape{3}}, Target{square});
  add(op<BroadcastTo>(), "column", {Shape{3, 1}}, Target{Shape{2, 3, 4}});
  const Slices steps{{0, 1}, {2, 1}, {2, 2}, square};  // rows 0 and 2, columns 1 and 2
  add(op<Slice>(), "steps", {square}, steps);
  add(op<Unslice>(), "steps", {Shape{2, 2}}, steps);
  add(op<Concat>(), "two, axis 0", {square, Shape{1, 3}}, Axis{0});
  add(op<Concat>(), "three, axis 1", {square, Shape{3, 2}, square}, Axis{1});
  add(op<Gather>(), "a row twice", {square, {Shape{4}, {2, 0, 2, 1}}});
  add(op<Gather>(), "matrix of indices", {Shape{4, 2}, {Shape{2, 2}, {3, 1, 1, 1}}});
  add(op<ScatterRows>(), "a row twice", {square, {Shape{3}, {1, 0, 1}}}, Count{4});
  add(op<OneHot>(), "vector", {{Shape{3}, {2, 0, 1}}}, Count{3});
  add(op<StopGradient>(), "square", {square});
}

/// Every op of the catalogue, in each way worth a test.
inline const std::vector<OpCase>& op_cases() {
  static const std::vector<OpCase> rows = [] {
    std::vector<OpCase> all;
    add_pointwise_cases(all);
    add_structural_cases(all);
    return all;
  }();
  return rows;
}

}  // namespace gradus::test
