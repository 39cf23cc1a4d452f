/// How every op of the catalogue is tried: operands, attributes, and what should come out.
/// Pointwise ops need no line here; any other op without a row makes the tests fail.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/ops/ops.hpp"
#include "ops/reference.hpp"

namespace cases {

using gradus::Attributes;
using gradus::Flow;
using gradus::Index;
using gradus::Op;
using gradus::Random;
using gradus::Shape;
using gradus::Tape;
using gradus::Tensor;
using gradus::Var;
using reference::Array;

/// One use of an op.
struct Case {
  const Op* op;
  std::vector<Tensor<double>> x;
  Attributes attributes;
  std::function<Array(std::span<const Array>)> reference = {};

  std::string label() const {
    std::string text = fmt::format("[{}]", op->name());
    for (const auto& t : x) text += " " + to_string(t.shape());
    return text + " " + to_string(attributes);
  }
  /// Records the operands as inputs, and the op.
  Var record(Tape& tape, std::vector<Var>& inputs) const {
    for (const auto& t : x) inputs.push_back(tape.input(t));
    return tape.record(*op, inputs, attributes);
  }
};

/// Numbers for operand `k`, on a lattice that is different for each operand: no two operands are
/// closer than 1/80 of the domain, and none is that close to its middle or ends. So all kinks (at 0
/// and where a = b) are far from every step of a numeric derivative.
inline Tensor<double> draw(const Shape& shape, std::size_t k, gradus::Domain domain,
                           Random& random) {
  constexpr Index cells = 16;
  const double shift = static_cast<double>(k + 1) / 5;
  Tensor<double> t(shape);
  for (double& x : t) {
    x = domain.low + (domain.high - domain.low) *
                         (static_cast<double>(random.below(cells)) + shift) / double{cells};
  }
  return t;
}

/// The shape classes of a pointwise op: scalar, row, column, matrix, rank 3 and 4, empty, and pairs
/// that broadcast.
inline std::vector<std::vector<Shape>> pointwise_shapes(int arity) {
  const Shape scalar{}, one{1}, row{1, 3}, column{4, 1}, matrix{4, 3}, vector{3}, cube{2, 4, 3},
      block{2, 1, 3, 2}, none{0, 3};
  if (arity == 1)
    return {{scalar}, {one}, {row}, {column}, {matrix}, {vector}, {cube}, {block}, {none}};
  if (arity == 2) {
    return {{scalar, scalar}, {matrix, matrix}, {scalar, matrix},      {matrix, scalar},
            {row, column},    {column, row},    {matrix, row},         {matrix, column},
            {vector, matrix}, {one, cube},      {cube, matrix},        {column, cube},
            {block, block},   {block, {3, 1}},  {{2, 4, 1, 2}, block}, {none, row},
            {scalar, none}};
  }
  return {{scalar, scalar, scalar}, {matrix, matrix, matrix}, {column, row, matrix},
          {matrix, scalar, row},    {scalar, cube, matrix},   {block, scalar, {3, 2}},
          {none, row, scalar}};
}

/// Every pointwise op at every shape class. The number is for those that have one (a slope), and is
/// not looked at by the others.
inline std::vector<Case> pointwise() {
  std::vector<Case> all;
  Random random(1);
  for (const Op* op : gradus::all_ops()) {
    if (!op->pointwise()) continue;
    for (const auto& shapes : pointwise_shapes(op->arity())) {
      Case c{op, {}, gradus::Number{0.3}};
      for (std::size_t k = 0; k < shapes.size(); ++k) {
        c.x.push_back(draw(shapes[k], k, op->domain(), random));
        // A condition beside smooth operands has to be false somewhere.
        if (op->flow(static_cast<int>(k)) == Flow::flat && op->arity() == 3) {
          for (double& x : c.x[k]) x = x < 0 ? 0 : x;
        }
      }
      all.push_back(std::move(c));
    }
  }
  return all;
}

/// Distinct numbers in random order, so that a largest one is far from all others.
inline Tensor<double> distinct(const Shape& shape, Random& random) {
  Tensor<double> t(shape);
  const auto order = random.permutation(t.elements());
  std::transform(order.begin(), order.end(), t.begin(),
                 [](Index i) { return 0.15 * static_cast<double>(i) - 1; });
  return t;
}

inline Tensor<double> indices(const Shape& shape, Index limit, Random& random) {
  Tensor<double> t(shape);
  for (double& x : t) x = static_cast<double>(random.below(limit));
  return t;
}

using Rows = std::map<std::string, std::vector<Case>, std::less<>>;

inline void add_reductions(Rows& rows, Random& random) {
  using namespace gradus;
  const std::vector<Shape> shapes{{},     {5},       {1, 4},       {4, 1},
                                  {3, 4}, {2, 3, 4}, {2, 3, 2, 2}, {2, 1, 3, 1}};
  for (const Shape& shape : shapes) {
    for (unsigned mask = 0; mask < 1u << shape.rank(); ++mask) {
      for (const bool keep : {false, true}) {
        const Tensor<double> x = distinct(shape, random);
        rows["sum"].push_back({&op<Sum>(), {x}, Axes{mask, keep}, [mask, keep](auto a) {
                                 return reference::sum(a[0], mask, keep);
                               }});
        rows["max"].push_back({&op<Max>(), {x}, Axes{mask, keep}, [mask, keep](auto a) {
                                 return reference::max(a[0], mask, keep);
                               }});
      }
    }
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const Tensor<double> x = distinct(shape, random);
      rows["argmax"].push_back({&op<Argmax>(), {x}, Axis{axis}, [axis](auto a) {
                                  return reference::argmax(a[0], axis);
                                }});
      rows["softmax"].push_back({&op<Softmax>(), {x}, Axis{axis}, [axis](auto a) {
                                   return reference::softmax(a[0], axis, false);
                                 }});
      rows["log_softmax"].push_back({&op<LogSoftmax>(), {x}, Axis{axis}, [axis](auto a) {
                                       return reference::softmax(a[0], axis, true);
                                     }});
    }
  }
  for (const unsigned mask : {1u, 2u, 3u}) {  // what is empty sums to 0
    rows["sum"].push_back(
        {&op<Sum>(), {Tensor<double>(Shape{0, 3})}, Axes{mask, false}, [mask](auto a) {
           return reference::sum(a[0], mask, false);
         }});
  }
  rows["max"].push_back({&op<Max>(), {Tensor<double>(Shape{0, 3})}, Axes{2, false}, [](auto a) {
                           return reference::max(a[0], 2, false);
                         }});
  for (const int axis : {0, 1}) {
    rows["softmax"].push_back(
        {&op<Softmax>(), {Tensor<double>(Shape{0, 3})}, Axis{axis}, [](auto a) { return a[0]; }});
  }
}

inline void add_products(Rows& rows, Random& random) {
  using namespace gradus;
  struct Sizes {
    std::vector<Index> lead_a, lead_b;
    Index m, k, n;
  };
  const std::vector<Sizes> all{
      {{}, {}, 3, 4, 2},         {{}, {}, 1, 1, 1},      {{}, {}, 1, 5, 1},  {{}, {}, 4, 1, 3},
      {{2}, {2}, 3, 2, 4},       {{2}, {}, 3, 2, 4},     {{}, {3}, 2, 3, 2}, {{1}, {3}, 2, 3, 2},
      {{2, 3}, {2, 3}, 2, 2, 2}, {{2, 1}, {3}, 2, 3, 1}, {{}, {}, 3, 0, 2},  {{}, {}, 0, 3, 2},
      {{0}, {}, 2, 2, 2},        {{}, {}, 33, 17, 19}};
  for (const Sizes& s : all) {
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        std::vector<Index> a = s.lead_a, b = s.lead_b;
        a.insert(a.end(), {ta ? s.k : s.m, ta ? s.m : s.k});
        b.insert(b.end(), {tb ? s.n : s.k, tb ? s.k : s.n});
        rows["matmul"].push_back(
            {&op<Matmul>(),
             {draw(Shape(std::span<const Index>(a)), 0, {}, random),
              draw(Shape(std::span<const Index>(b)), 1, {}, random)},
             Transposes{ta, tb},
             [ta, tb](auto x) { return reference::matmul(x[0], x[1], ta, tb); }});
      }
    }
  }
}

inline void add_movements(Rows& rows, Random& random) {
  using namespace gradus;
  const auto x = [&](const Shape& shape) { return draw(shape, 0, {}, random); };
  using Pair = std::pair<Shape, Shape>;
  for (const auto& [from, to] :
       {Pair{{}, {1, 1}}, Pair{{6}, {2, 3}}, Pair{{2, 3}, {3, 2}}, Pair{{2, 3, 2}, {12}},
        Pair{{0, 3}, {2, 0}}, Pair{{4}, {1, 2, 2, 1}}}) {
    rows["reshape"].push_back({&op<Reshape>(), {x(from)}, Target{to}, [to = to](auto a) {
                                 return reference::reshape(a[0], to);
                               }});
  }
  for (const std::vector<int>& axes : std::vector<std::vector<int>>{
           {}, {0}, {0, 1}, {1, 0}, {2, 0, 1}, {0, 2, 1}, {3, 1, 0, 2}, {1, 2, 3, 0}}) {
    const std::array<Index, 4> extents{2, 3, 4, 2};
    Permutation p{{}, static_cast<int>(axes.size())};
    std::copy(axes.begin(), axes.end(), p.axes.begin());
    rows["permute"].push_back({&op<Permute>(),
                               {x(Shape(std::span<const Index>(extents.data(), axes.size())))},
                               p,
                               [axes](auto a) { return reference::permute(a[0], axes); }});
  }
  for (const auto& [from, to] :
       {Pair{{}, {}}, Pair{{}, {2, 3}}, Pair{{3}, {2, 3}}, Pair{{4, 1}, {4, 3}},
        Pair{{1, 3}, {0, 3}}, Pair{{2, 1, 2}, {3, 2, 4, 2}}}) {
    rows["broadcast_to"].push_back({&op<BroadcastTo>(), {x(from)}, Target{to}, [to = to](auto a) {
                                      return reference::broadcast_to(a[0], to);
                                    }});
  }
  for (const Slices& s :
       {Slices{{1}, {2}, {2}, {5}}, Slices{{0, 1}, {1, 1}, {3, 2}, {3, 4}},
        Slices{{2, 0}, {1, 3}, {1, 2}, {3, 5}}, Slices{{1, 1}, {1, 1}, {0, 2}, {3, 4}},
        Slices{{0, 1, 0}, {1, 2, 1}, {2, 2, 3}, {2, 4, 3}},
        Slices{{1, 0, 1, 0}, {1, 1, 1, 2}, {1, 2, 2, 2}, {2, 2, 3, 3}}, Slices{}}) {
    rows["slice"].push_back(
        {&op<Slice>(), {x(s.full)}, s, [s](auto a) { return reference::slice(a[0], s); }});
    const Shape taken(
        std::span<const Index>(s.count.data(), static_cast<std::size_t>(s.full.rank())));
    rows["unslice"].push_back(
        {&op<Unslice>(), {x(taken)}, s, [s](auto a) { return reference::unslice(a[0], s); }});
  }
  const auto concat = [&](int axis, std::initializer_list<Shape> shapes) {
    Case c{&op<Concat>(), {}, Axis{axis}, [axis](auto a) { return reference::concat(a, axis); }};
    for (const Shape& shape : shapes) c.x.push_back(x(shape));
    rows["concat"].push_back(std::move(c));
  };
  concat(0, {{3}});
  concat(0, {{2}, {0}, {3}});
  concat(1, {{2, 1}, {2, 3}});
  concat(0, {{1, 3}, {2, 3}, {1, 3}, {3, 3}, {2, 3}});
  concat(1, {{2, 2, 3}, {2, 1, 3}});
  concat(3, {{2, 1, 2, 1}, {2, 1, 2, 2}});

  for (const auto& [from, at] :
       {Pair{{4}, {}}, Pair{{4}, {5}}, Pair{{3, 2}, {2, 2}}, Pair{{3, 2}, {4}},
        Pair{{2, 2, 3}, {3}}, Pair{{3, 2}, {0}}, Pair{{3, 1, 2, 2}, {4}}}) {
    const Tensor<double> index = indices(at, from[0], random);
    const Case gather{
        &op<Gather>(), {x(from), index}, {}, [](auto a) { return reference::gather(a[0], a[1]); }};
    Array rows_of = reference::gather(Array(gather.x[0]), Array(index));
    const Index count = from[0] + 1;  // a row that nothing is added to
    rows["scatter_rows"].push_back(
        {&op<ScatterRows>(), {x(rows_of.shape), index}, Count{count}, [count](auto a) {
           return reference::scatter_rows(a[0], a[1], count);
         }});
    rows["gather"].push_back(gather);
  }
  for (const Shape& shape : {Shape{}, Shape{4}, Shape{2, 3}, Shape{0}, Shape{2, 2, 2}}) {
    rows["one_hot"].push_back({&op<OneHot>(), {indices(shape, 3, random)}, Count{3}, [](auto a) {
                                 return reference::one_hot(a[0], 3);
                               }});
  }
  for (const Shape& shape : {Shape{}, Shape{2, 3}, Shape{0, 2}}) {
    rows["stop_gradient"].push_back(
        {&op<StopGradient>(), {x(shape)}, {}, [](auto a) { return a[0]; }});
  }
}

/// The rows of all ops that are not pointwise, by name.
inline const Rows& structural() {
  static const Rows all = [] {
    Rows rows;
    Random random(2);
    add_reductions(rows, random);
    add_products(rows, random);
    add_movements(rows, random);
    return rows;
  }();
  return all;
}

}  // namespace cases
