#include "gradus/run/scalar_code.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <unordered_map>

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

// The loop starts at one place of a cache line, whatever is linked before it.
template <Real T>
[[gnu::aligned(64)]] const ScalarStep* ScalarCode::run(const ScalarStep* s, T* v,
                                                       T* const* leaves) {
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
    const auto end = static_cast<std::uint32_t>(instructions_.size());
    for (std::uint32_t i = translate_numbers(0); i < end; i = translate_numbers(i + 1)) {
      translate(i);
    }
    code_.steps_.push_back({general, 0, ScalarCode::end, 0});
    code_.elements_ = end_;
  }

 private:
  static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

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

  /// Where in the array a single number is.
  static std::uint32_t position(const Program::Value& value, const std::uint32_t* slots) {
    return value.place < 0 ? slots[static_cast<std::size_t>(~value.place)]
                           : static_cast<std::uint32_t>(value.place);
  }
  /// The same of any value: `nowhere` if it is no single number.
  std::uint32_t position(std::uint32_t value) const {
    const Program::Value& v = values_[value];
    return single_[v.shape] ? position(v, slots_.data()) : nowhere;
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

  /// Translates the instructions from `i` on that are ops of one or two single numbers into another
  /// one, and returns the first that is not. A product that only the sum after it reads is one step
  /// with it; but not if the sum goes straight into a parameter, once a program. The same as
  /// translate() otherwise, in 74 instructions of the processor in place of 115.
  std::uint32_t translate_numbers(std::uint32_t i) {
    // Copies of members, as what is written could be one of them.
    const auto end = static_cast<std::uint32_t>(instructions_.size());
    const auto all_operands = static_cast<std::uint32_t>(program_.operands().size());
    const Program::Instruction* const instructions = instructions_.data();
    const Program::Value* const values = values_.data();
    const Program::Value* const results = values + program_.result(0);
    const std::uint32_t* const operands = program_.operands().data();
    const std::uint8_t* const single = single_.data();
    const std::uint32_t* const slots = slots_.data();
    ScalarStep* step = code_.steps_.extend(end - i);
    const Program::Value* product = nullptr;
    for (; i < end; ++i) {
      const Program::Instruction& instruction = instructions[i];
      const std::uint32_t first = instruction.first_operand;
      const std::uint32_t count =
          (i + 1 < end ? instructions[i + 1].first_operand : all_operands) - first;
      const auto op = static_cast<std::uint32_t>(instruction.op->position());
      const Program::Value& a = values[operands[first]];
      const Program::Value& b = values[operands[first + count - 1]];
      const Program::Value& y = results[i];
      const bool other = static_cast<std::int32_t>(op) < 0 || count > 2 ||
                         instruction.attributes != 0 || y.place < 0 ||
                         !(single[a.shape] & single[b.shape] & single[y.shape]);
      if (other) break;
      const auto to = static_cast<std::uint32_t>(y.place);
      if (op == code<Add> && product != nullptr && (&a == product) != (&b == product)) {
        const std::uint32_t c = position(&a == product ? b : a, slots);
        step[-1].op = c == to ? accumulate : multiply_add;
        step[-1].y = to;
        if (c != to) *step++ = {general, 0, c, 0};
      } else {
        *step++ = {op, to, position(a, slots), position(b, slots)};
      }
      product = op == code<Mul> && instruction.feeds_next ? &y : nullptr;
    }
    code_.steps_.shrink(static_cast<std::size_t>(step - code_.steps_.data()));
    return i;
  }

  void translate(std::uint32_t i) {
    const Program::Instruction& instruction = instructions_[i];
    const auto x = program_.operands(i);
    const int op = instruction.op->position();
    const std::uint32_t y = position(program_.result(i));
    std::array<std::uint32_t, 3> at{};  // where the operands are
    bool single = op >= 0 && y != nowhere;
    for (std::size_t k = 0; single && k < x.size(); ++k) {
      at[k] = position(x[k]);
      single = at[k] != nowhere;
    }
    if (single) {
      // Ops that have a number have one operand.
      if (instruction.attributes != 0 && x.size() == 1) at[1] = number(instruction.attributes);
      code_.steps_.push_back({static_cast<std::uint32_t>(op), y, at[0], at[1]});
      if (x.size() > 2) code_.steps_.push_back({general, 0, at[2], 0});
    } else {
      code_.steps_.push_back({general, 0, i, 0});
    }
    const Program::Place place = values_[program_.result(i)].place;
    if (place >= 0) return;
    // The result went straight into a leaf. Steps after it must find it in both places.
    const auto leaf = static_cast<std::uint32_t>(~place);
    if (single) {
      code_.steps_.push_back({publish, y, leaf, 0});
    } else if (slots_[leaf] != nowhere) {
      code_.steps_.push_back({fetch, slots_[leaf], leaf, 0});
    }
  }

  ScalarCode& code_;
  const Program& program_;
  std::span<const Program::Instruction> instructions_;
  std::span<const Program::Value> values_;
  bool fits_ = true;
  std::vector<std::uint8_t> single_;  // of each shape, whether it is a single number
  std::vector<std::uint32_t> slots_;  // of leaves
  std::unordered_map<std::uint32_t, std::uint32_t> number_positions_;
  std::size_t end_;
};

ScalarCode::ScalarCode(const Program& program) { ScalarTranslator(*this, program).run(); }

}  // namespace gradus
