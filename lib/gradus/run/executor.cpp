#include "gradus/run/executor.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace gradus {
namespace {

template <class T>
bool all_finite(const T* x, Index n) {
  return std::all_of(x, x + n, [](T v) { return std::isfinite(v); });
}

}  // namespace

template <Real T>
Executor<T>::Executor(Program program)
    : program_(std::move(program)),
      large_(static_cast<std::size_t>(program_.small_start())),
      numbers_(static_cast<std::size_t>(program_.numbers()) + 1),  // and what is passing
      large_start_(large_.data()),
      small_start_(numbers_.data() + program_.first_small()) {
  const auto narrow = [](double x) { return static_cast<T>(x); };
  for (const Program::Constant& c : program_.constants()) {
    std::transform(c.elements.begin(), c.elements.end(), at(c.place), narrow);
  }
  for (const Program::Leaf& leaf : program_.leaves()) {
    if (leaf.first.empty() && program_.shape(leaf.shape).elements() > 0) {
      owned_.push_back(nullptr);
      leaves_.push_back(nullptr);
      continue;
    }
    owned_.push_back(std::make_shared<AlignedVector<T>>(leaf.first.size()));
    std::transform(leaf.first.begin(), leaf.first.end(), owned_.back()->begin(), narrow);
    leaves_.push_back(owned_.back()->data());
  }
  x_.resize(program_.most_operands());
  std::size_t staged = 0;
  for (const Program::Copy& copy : program_.copies()) {
    if (copy.from < 0) {
      staged +=
          static_cast<std::size_t>(program_.shape(program_.leaves()[copy.leaf].shape).elements());
    }
  }
  staged_.resize(staged);
}

template <Real T>
Executor<T>::Executor(Program program, const Executor& other) : Executor(std::move(program)) {
  if (program_.tape() != other.program_.tape()) {
    throw Error("executors share parameters only if their programs are of one tape");
  }
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    if (!program_.leaves()[i].parameter) continue;
    for (std::size_t j = 0; j < other.leaves_.size(); ++j) {
      if (other.program_.leaves()[j].node != program_.leaves()[i].node) continue;
      if (program_.shape(program_.leaves()[i].shape) !=
          other.program_.shape(other.program_.leaves()[j].shape)) {
        throw Error(program_.leaves()[i].label + " is not the other executor's " +
                    other.program_.leaves()[j].label + ": the tape was rewound in between");
      }
      owned_[i] = other.owned_[j];
      leaves_[i] = other.leaves_[j];
    }
  }
}

template <Real T>
bool Executor<T>::has_leaf(Var leaf) const {
  const auto leaves = program_.leaves();
  return leaf && &leaf.tape() == program_.tape() &&
         std::any_of(leaves.begin(), leaves.end(),
                     [&](const Program::Leaf& l) { return l.node == leaf.id(); });
}

template <Real T>
std::uint32_t Executor<T>::leaf_row(Var leaf) const {
  if (&leaf.tape() != program_.tape()) throw Error("a Var of another tape is given to a program");
  const auto leaves = program_.leaves();
  const auto found = std::find_if(leaves.begin(), leaves.end(),
                                  [&](const Program::Leaf& l) { return l.node == leaf.id(); });
  if (found == leaves.end()) {
    leaf.tape().check(leaf);
    throw Error(leaf.tape().label(leaf.id()) + " is no input or parameter that this program reads");
  }
  return static_cast<std::uint32_t>(found - leaves.begin());
}

template <Real T>
void Executor<T>::bind(Var input, std::span<const T> elements) {
  const std::uint32_t row = leaf_row(input);
  const Program::Leaf& leaf = program_.leaves()[row];
  if (leaf.parameter) throw Error(leaf.label + " is a parameter: set() it, it cannot be bound");
  const Shape& shape = program_.shape(leaf.shape);
  if (static_cast<Index>(elements.size()) != shape.elements()) {
    throw ShapeError(fmt::format("{}:{} has {} elements; {} are given", leaf.label,
                                 to_string(shape), shape.elements(), elements.size()));
  }
  owned_[row] = nullptr;
  leaves_[row] = const_cast<T*>(elements.data());  // inputs are never written
}

template <Real T>
void Executor<T>::set(Var leaf, std::span<const T> elements) {
  const std::uint32_t row = leaf_row(leaf);
  const Shape& shape = program_.shape(program_.leaves()[row].shape);
  if (static_cast<Index>(elements.size()) != shape.elements()) {
    throw ShapeError(fmt::format("{}:{} has {} elements; {} are given",
                                 program_.leaves()[row].label, to_string(shape), shape.elements(),
                                 elements.size()));
  }
  if (!owned_[row]) {
    owned_[row] = std::make_shared<AlignedVector<T>>(elements.size());
    leaves_[row] = owned_[row]->data();
  }
  std::copy(elements.begin(), elements.end(), leaves_[row]);
}

template <Real T>
std::span<T> Executor<T>::leaf(Var leaf) {
  const std::uint32_t row = leaf_row(leaf);
  if (!owned_[row]) {
    throw Error(program_.leaves()[row].label +
                (leaves_[row] ? " is bound to memory of the caller" : " has no value yet"));
  }
  return *owned_[row];
}

template <Real T>
void Executor<T>::check_inputs() const {
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    if (leaves_[i] || program_.shape(program_.leaves()[i].shape).elements() == 0) continue;
    throw Error("the input " + program_.leaves()[i].label + " has no value: bind() or set() it");
  }
}

template <Real T>
void Executor<T>::run_op(const Op& op, std::span<const Program::Value> operands,
                         const Attributes& attributes, const Program::Value& result) {
  for (std::size_t k = 0; k < operands.size(); ++k) {
    x_[k] = {at(operands[k].place), &program_.shape(operands[k].shape)};
  }
  try {
    op.forward(Forward<T>{std::span<const View<const T>>(x_.data(), operands.size()),
                          {at(result.place), &program_.shape(result.shape)},
                          attributes});
  } catch (const IndexError& error) {
    throw IndexError(program_.misfit(op, operands, result, error.what()));
  }
}

template <Real T>
void Executor<T>::run_instruction(std::size_t i) {
  const Program::Instruction& instruction = program_.instructions()[i];
  const auto values = program_.values();
  operands_.clear();
  for (const std::uint32_t operand : program_.operands(i)) operands_.push_back(values[operand]);
  run_op(*instruction.op, operands_, program_.attributes(instruction.attributes),
         values[program_.result(i)]);
}

template <Real T>
void Executor<T>::copy_updates() {
  // What is copied from a leaf is set aside first, since that leaf may be updated too (a swap).
  T* aside = staged_.data();
  for (const Program::Copy& copy : program_.copies()) {
    if (copy.from >= 0) continue;
    const Index n = program_.shape(program_.leaves()[copy.leaf].shape).elements();
    aside = std::copy_n(at(copy.from), n, aside);
  }
  aside = staged_.data();
  for (const Program::Copy& copy : program_.copies()) {
    const Index n = program_.shape(program_.leaves()[copy.leaf].shape).elements();
    std::copy_n(copy.from >= 0 ? at(copy.from) : aside, n, leaves_[copy.leaf]);
    if (copy.from < 0) aside += n;
  }
}

template <Real T>
void Executor<T>::run() {
  check_inputs();
  for (const ScalarStep* step = program_.steps();; ++step) {
    step = run_steps(step, numbers_.data(), leaves_.data());
    if (step->a == ScalarStep::end) break;
    const Program::Call& call = program_.call(step->a);
    run_op(*call.op, program_.operands(call), program_.attributes(call.attributes), call.result);
  }
  copy_updates();
}

template <Real T>
std::optional<NodeId> Executor<T>::run_checked() {
  check_inputs();
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    const Program::Leaf& leaf = program_.leaves()[i];
    if (!all_finite(leaves_[i], program_.shape(leaf.shape).elements())) return leaf.node;
  }
  for (std::size_t i = 0; i < program_.size(); ++i) {
    run_instruction(i);
    const Program::Value& value = program_.values()[program_.result(i)];
    if (!all_finite(at(value.place), program_.shape(value.shape).elements())) return value.node;
  }
  copy_updates();
  return std::nullopt;
}

template <Real T>
void Executor<T>::run_timed(std::span<double> nanoseconds) {
  const std::size_t count = program_.size();
  if (nanoseconds.size() != count + 1) {
    throw Error(
        fmt::format("the times of {} instructions and of the copies need room for {}, not {}",
                    count, count + 1, nanoseconds.size()));
  }
  check_inputs();
  static_cast<void>(program_.instructions());  // are listed before the clock runs
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
  for (std::size_t i = 0; i <= count; ++i) {
    if (i < count) {
      run_instruction(i);
    } else {
      copy_updates();
    }
    const Clock::time_point end = Clock::now();
    nanoseconds[i] = std::chrono::duration<double, std::nano>(end - start).count();
    start = end;
  }
}

template <Real T>
std::size_t Executor<T>::bytes() const {
  std::size_t bytes = (large_.capacity() + numbers_.capacity()) * sizeof(T) +
                      leaves_.capacity() * (sizeof(T*) + sizeof(owned_[0]));
  for (const auto& owned : owned_) bytes += owned ? owned->capacity() * sizeof(T) : 0;
  return bytes;
}

template <Real T>
View<const T> Executor<T>::output(std::size_t i) const {
  const Program::Value& value = program_.outputs()[i];
  if (!at(value.place) && program_.shape(value.shape).elements() > 0) {
    throw Error("an output that is an input has no value: bind() or set() it");
  }
  return {at(value.place), &program_.shape(value.shape)};
}

template <Real T>
T Executor<T>::item(std::size_t i) const {
  const View<const T> y = output(i);
  if (y.elements() != 1)
    throw ShapeError("an output of shape " + to_string(*y.shape) + " is not a single number");
  return *y.data;
}

template class Executor<float>;
template class Executor<double>;

}  // namespace gradus
