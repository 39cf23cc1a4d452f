/// Runs a program in one precision.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "gradus/run/program.hpp"

namespace gradus {

/// Holds the buffers of a program and runs it. Leaves start with the values that they had on the
/// tape when the program was made, in this precision. `float` and `double`.
template <Real T>
class Executor {
 public:
  explicit Executor(Program program);
  /// Parameters that `other`, too, has are the same memory: for programs of different batch sizes,
  /// or for training and evaluation. Throws Error if they were compiled from different tapes.
  Executor(Program program, const Executor& other);
  Executor(Executor&&) = default;  // not copyable, as it points into its own buffers
  Executor& operator=(Executor&&) = default;

  const Program& program() const { return program_; }

  /// Reads an input from the caller's memory from now on, without a copy; the caller keeps it
  /// alive. Throws Error if `input` is not an input of the program, ShapeError if the count
  /// differs.
  void bind(Var input, std::span<const T> elements);
  void bind(Var input, Tensor<T>&& elements) = delete;  // it would be gone at the end of the line
  /// Copies a value into an input or a parameter.
  void set(Var leaf, std::span<const T> elements);
  /// The elements of an input or a parameter, to be read or changed in place. Throws Error if the
  /// program has no such leaf, or the input is bound to the caller's memory.
  std::span<T> leaf(Var leaf);
  bool has_leaf(Var leaf) const;

  /// Computes outputs and updates. Throws Error if an input has no value.
  void run();
  /// The same with a look at every result: stops at the first op whose result holds a NaN or an
  /// infinity, and returns its node. Leaves are looked at too. After a stop, updates may be half
  /// done. The first call lists the program's instructions, as that of run_timed().
  [[nodiscard]] std::optional<NodeId> run_checked();
  /// The same as run(), with a clock: writes the nanoseconds that each instruction took, and last
  /// those of the copies that follow. Throws Error unless `nanoseconds` has one element more than
  /// the program has instructions. Reading the clock is in every figure, and takes some 20.
  void run_timed(std::span<double> nanoseconds);

  /// Bytes that it holds besides the program: buffers and leaves.
  std::size_t bytes() const;

  /// An output of the last run; valid until the next one. An output that is a parameter has the
  /// value after the updates.
  View<const T> output(std::size_t i) const;
  /// An output that is a single number.
  T item(std::size_t i) const;

 private:
  std::uint32_t leaf_row(Var leaf) const;
  T* at(Program::Place place) const {
    if (place < 0) return leaves_[static_cast<std::size_t>(~place)];
    const Index small = place - program_.small_start();
    return small < 0 ? large_start_ + place : small_start_ + small;
  }
  void check_inputs() const;
  void run_op(const Op& op, std::span<const Program::Value> operands, const Attributes& attributes,
              const Program::Value& result);
  void run_instruction(std::size_t i);
  void copy_updates();

  Program program_;
  AlignedVector<T> large_;    // of the program's buffer the large values
  AlignedVector<T> numbers_;  // the array that steps are about, with the small ones
  T* large_start_ = nullptr;
  T* small_start_ = nullptr;
  std::vector<T*> leaves_;  // where each leaf is; nullptr for no value
  std::vector<std::shared_ptr<AlignedVector<T>>> owned_;  // and what of it is kept here
  AlignedVector<T> staged_;                               // for updates that copy from a leaf
  std::vector<View<const T>> x_;                          // operands of the running op
  std::vector<Program::Value> operands_;                  // of run_instruction()
};

extern template class Executor<float>;
extern template class Executor<double>;

}  // namespace gradus
