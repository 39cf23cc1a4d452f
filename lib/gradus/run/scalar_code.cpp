#include "gradus/run/scalar_code.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "gradus/base/pages.hpp"
#include "gradus/ops/activations.hpp"
#include "gradus/ops/arithmetic.hpp"

namespace gradus {
namespace {

/// What a step does: a pointwise op, by its position in AllOps, or one of these.
enum : std::uint32_t {
  multiply_add = AllOps::size,  // y = c + a * b, c in the next step
  accumulate,                   // y = y + a * b
  fetch,                        // y = leaf a
  publish,                      // leaf a = y
  general                       // the instruction a, which is not of single numbers
};

template <class O>
constexpr std::uint32_t code = static_cast<std::uint32_t>(detail::position<O>(AllOps{}));

template <class Derived, int Arity>
constexpr int operands_of(const Pointwise<Derived, Arity>*) {
  return Arity;
}

/// The number of operands of a pointwise op; 0 for other ops.
template <class O>
constexpr int arity = 0;
template <class O>
requires requires { operands_of(static_cast<const O*>(nullptr)); }
constexpr int arity<O> = operands_of(static_cast<const O*>(nullptr));

/// One element of an op. An op's number stands in the array like an operand.
template <class O, Real T>
T apply(const T* v, const ScalarStep* s) {
  if constexpr (arity<O> + (arity < O >> 0 && O::has_number ? 1 : 0) == 1) {
    return O::forward(v[s->a]);
  } else if constexpr (arity<O> <= 2) {
    return O::forward(v[s->a], v[s->b]);
  } else {
    return O::forward(v[s->a], v[s->b], v[s[1].a]);
  }
}

template <Real T>
using Function = T (*)(const T*, const ScalarStep*);

/// For each op its function, or nullptr if it is not pointwise.
template <Real T, class... Ops>
constexpr std::array<Function<T>, sizeof...(Ops)> functions_of(OpList<Ops...>) {
  constexpr auto function = []<class O>(std::type_identity<O>) -> Function<T> {
    if constexpr (arity < O >> 0) return &apply<O, T>;
    return nullptr;
  };
  return {function(std::type_identity<Ops>())...};
}

}  // namespace

template <Real T>
const ScalarStep* ScalarCode::run(const ScalarStep* s, T* v, T* const* leaves) {
  static constexpr auto functions = functions_of<T>(AllOps{});
  // The ops that long tapes are made of are inlined here.
  for (;; ++s) {
    switch (s->op) {
      case code<Add>:
        v[s->y] = apply<Add>(v, s);
        break;
      case code<Mul>:
        v[s->y] = apply<Mul>(v, s);
        break;
      case multiply_add: {
        const T product = v[s->a] * v[s->b];
        v[s->y] = v[s[1].a] + product;
        ++s;
        break;
      }
      case accumulate: {
        const T product = v[s->a] * v[s->b];
        v[s->y] = v[s->y] + product;
        break;
      }
      case code<Neg>:
        v[s->y] = apply<Neg>(v, s);
        break;
      case code<Div>:
        v[s->y] = apply<Div>(v, s);
        break;
      case code<Relu>:
        v[s->y] = apply<Relu>(v, s);
        break;
      case code<Step>:
        v[s->y] = apply<Step>(v, s);
        break;
      case code<Where>:
        v[s->y] = apply<Where>(v, s);
        ++s;
        break;
      case fetch:
        v[s->y] = *leaves[s->a];
        break;
      case publish:
        *leaves[s->a] = v[s->y];
        break;
      case general:
        return s;
      default:
        v[s->y] = functions[s->op](v, s);
        break;
    }
  }
}

template const ScalarStep* ScalarCode::run(const ScalarStep*, float*, float* const*);
template const ScalarStep* ScalarCode::run(const ScalarStep*, double*, double* const*);

/// Translates a program, instruction by instruction.
class ScalarTranslator {
 public:
  ScalarTranslator(ScalarCode& code, const Program& program)
      : code_(code),
        program_(program),
        instructions_(program.instructions()),
        values_(program.values()),
        end_(static_cast<std::size_t>(program.buffer_elements())) {}

  void run() {
    const auto leaves = program_.leaves();
    // An instruction is one step, rarely two: a third operand, a leaf that is updated in place.
    code_.steps_.reserve(instructions_.size() + leaves.size() + 1);
    // Steps reach positions of 32 bits.
    fits_ = end_ + leaves.size() + instructions_.size() < nowhere;
    for (const Shape& shape : program_.shapes()) single_.push_back(fits_ && shape.elements() == 1);
    fetch_leaves();
    count_uses();
    for (std::uint32_t i = 0; i < instructions_.size(); ++i) translate(i);
    code_.steps_.push_back({general, 0, ScalarCode::end, 0});
    code_.elements_ = end_;
  }

 private:
  static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint8_t many = 2;

  /// Leaves that are single numbers get a room in the array, which is filled when a run starts.
  void fetch_leaves() {
    const auto leaves = program_.leaves();
    slots_.assign(leaves.size(), nowhere);
    for (std::uint32_t leaf = 0; leaf < slots_.size(); ++leaf) {
      if (!single_[leaves[leaf].shape]) continue;
      slots_[leaf] = static_cast<std::uint32_t>(end_++);
      code_.steps_.push_back({fetch, slots_[leaf], leaf, 0});
    }
  }

  /// How often each value is read; what is read after the run counts as many.
  void count_uses() {
    reserve(uses_, values_.size());
    uses_.resize(values_.size());
    for (const std::uint32_t operand : program_.operands()) {
      uses_[operand] = static_cast<std::uint8_t>(uses_[operand] + (uses_[operand] < many));
    }
    for (const std::uint32_t output : program_.outputs()) uses_[output] = many;
    for (const Program::Copy& copy : program_.copies()) {
      if (copy.from < 0) continue;
      if (copied_.empty()) copied_.resize(static_cast<std::size_t>(program_.buffer_elements()));
      copied_[static_cast<std::size_t>(copy.from)] = true;
    }
  }

  /// The code of a pointwise op of the catalogue, or `general`.
  std::uint32_t code_of(const Op& op) {
    Known& known = known_[reinterpret_cast<std::uintptr_t>(&op) / alignof(Op) % known_.size()];
    if (known.op != &op) {
      static constexpr auto functions = functions_of<double>(AllOps{});
      known = {&op, general};
      for (std::uint32_t i = 0; i < all_ops().size(); ++i) {
        if (all_ops()[i] == &op && functions[i]) known.code = i;
      }
    }
    return known.code;
  }

  /// Where in the array a value is, if it is a single number; else `nowhere`.
  std::uint32_t position(std::uint32_t value) const {
    const Program::Value& v = values_[value];
    if (!single_[v.shape]) return nowhere;
    return v.place < 0 ? slots_[static_cast<std::size_t>(~v.place)]
                       : static_cast<std::uint32_t>(v.place);
  }

  /// The position of an op's number; it stands in the array once.
  std::uint32_t number(std::uint32_t attributes) {
    const auto [found, is_new] =
        number_positions_.try_emplace(attributes, static_cast<std::uint32_t>(end_));
    if (is_new) {
      ++end_;
      code_.numbers_.push_back(
          {found->second, std::get<Number>(program_.attributes(attributes)).value});
    }
    return found->second;
  }

  void translate(std::uint32_t i) {
    const Program::Instruction& instruction = instructions_[i];
    const auto x = program_.operands(i);
    const std::uint32_t op = code_of(*instruction.op);
    const std::uint32_t product = std::exchange(product_, nowhere);
    const std::uint32_t y = position(instruction.value);
    std::array<std::uint32_t, 3> at{};  // where the operands are
    bool single = op != general && y != nowhere;
    for (std::size_t k = 0; single && k < x.size(); ++k) {
      at[k] = position(x[k]);
      single = at[k] != nowhere;
    }
    const Program::Place place = values_[instruction.value].place;
    const auto leaf = static_cast<std::uint32_t>(~place);  // that is updated in place, if place < 0
    if (!single) {
      code_.steps_.push_back({general, 0, i, 0});
      // Steps after it must see what it left in a leaf.
      if (place < 0 && slots_[leaf] != nowhere) {
        code_.steps_.push_back({fetch, slots_[leaf], leaf, 0});
      }
      return;
    }
    if (op == code<Add> && product != nowhere && (x[0] == product) != (x[1] == product)) {
      // The product before is read here and nowhere else: both are one step.
      const std::uint32_t c = at[x[0] == product ? 1 : 0];
      ScalarStep& step = *(code_.steps_.end() - 1);
      step.op = c == y ? accumulate : multiply_add;
      step.y = y;
      if (c != y) code_.steps_.push_back({general, 0, c, 0});
    } else {
      // Ops that have a number have one operand.
      if (instruction.attributes != 0 && x.size() == 1) at[1] = number(instruction.attributes);
      *code_.steps_.extend(1) = {op, y, at[0], at[1]};
      if (x.size() > 2) code_.steps_.push_back({general, 0, at[2], 0});
    }
    if (place < 0) {
      code_.steps_.push_back({publish, y, leaf, 0});
    } else if (op == code<Mul> && uses_[instruction.value] == 1 &&
               (copied_.empty() || !copied_[static_cast<std::size_t>(place)])) {
      product_ = instruction.value;
    }
  }

  struct Known {
    const Op* op = nullptr;
    std::uint32_t code = general;
  };

  ScalarCode& code_;
  const Program& program_;
  std::span<const Program::Instruction> instructions_;
  std::span<const Program::Value> values_;
  bool fits_ = true;
  std::vector<std::uint8_t> single_;  // of each shape, whether it is a single number
  std::vector<std::uint8_t> uses_;
  std::vector<bool> copied_;          // places that are copied to parameters after a run
  std::vector<std::uint32_t> slots_;  // of leaves
  std::unordered_map<std::uint32_t, std::uint32_t> number_positions_;
  std::array<Known, 64> known_{};
  std::uint32_t product_ = nowhere;  // the value of the step before, if it is one that may be fused
  std::size_t end_;
};

ScalarCode::ScalarCode(const Program& program) { ScalarTranslator(*this, program).run(); }

}  // namespace gradus
