/// A handle to a node of a tape.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gradus/base/shape.hpp"
#include "gradus/base/source_location.hpp"

namespace gradus {

class Tape;

/// The position of a node on its tape. Inputs of a node always have smaller ids.
using NodeId = std::uint32_t;
inline constexpr NodeId no_node = ~NodeId{0};

/// A variable: a cheap handle to a recorded node. Operators and the functions of ops.hpp on
/// variables record new nodes; nothing is computed until a value is asked for.
class Var {
 public:
  /// A handle to nothing; only good for being assigned to.
  Var() = default;
  Var(Tape& tape, NodeId id) : tape_(&tape), id_(id) {}

  /// The tape. Throws Error for a handle to nothing.
  Tape& tape() const {
    if (!tape_) throw_unassigned();
    return *tape_;
  }
  NodeId id() const { return id_; }
  explicit operator bool() const { return tape_ != nullptr; }

  const Shape& shape() const;
  /// The name given, or "" for none.
  std::string_view name() const;
  /// Names the node, for graphs, steps and errors. Returns the same handle.
  Var named(std::string_view name) const;

 private:
  friend class Tape;
  [[noreturn]] static void throw_unassigned();
  Tape* tape_ = nullptr;
  NodeId id_ = no_node;
};

/// Whether two handles mean the same node. (`==` is not defined, as it could be taken for a
/// comparison of values, which is `equal`.)
inline bool same_node(Var a, Var b) {
  return bool(a) == bool(b) && (!a || (&a.tape() == &b.tape() && a.id() == b.id()));
}

/// An argument of an op: a variable or a plain number, and the line of the user's code that it
/// stands on. Made by implicit conversion only, so that `x + 1` knows where it was written.
class Operand {
 public:
  Operand(Var var, SourceLocation where = SourceLocation::current())  // NOLINT: implicit on purpose
      : var_(var), where_(where) {}
  Operand(double number, SourceLocation where = SourceLocation::current())  // NOLINT
      : number_(number), is_number_(true), where_(where) {}
  // What is not trivial to copy is made where it is wanted. Copies in between, of what was just
  // written in parts, stop the processor: they took half of the time of recording.
  Operand(const Operand& other)
      : var_(other.var_),
        number_(other.number_),
        is_number_(other.is_number_),
        where_(other.where_) {}
  Operand& operator=(const Operand&) = default;

  bool is_number() const { return is_number_; }
  /// The variable; a number becomes a constant on `tape`.
  Var on(Tape& tape) const { return is_number() ? constant_on(tape) : var_; }
  Var var() const { return var_; }
  double number() const { return number_; }
  const SourceLocation& where() const { return where_; }

 private:
  Var constant_on(Tape& tape) const;
  Var var_;
  double number_ = 0;
  bool is_number_ = false;  // apart from var_: a Var that was never assigned is a mistake, not a 0
  SourceLocation where_;
};

}  // namespace gradus
