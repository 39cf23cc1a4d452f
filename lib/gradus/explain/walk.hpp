/// The chain rule as a list of steps, forward and backward.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/explain/math.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus::explain {

enum class Phase : std::uint8_t { forward, backward };

/// What comes to an adjoint through one use of its node: upstream adjoint × local derivative.
struct Share {
  Wire wire;
  Math symbols;           ///< "∂L/∂m · b"
  Math numbers;           ///< "2 · -3"; for tensors what a reader can check, or nothing
  std::string structure;  ///< the local Jacobian in words: "diagonal", "matrix product", ...
  Tensor<double> value;   ///< in the shape of the node
  Math local;             ///< the local derivative in symbols, "b"; empty if it is no such factor
  Tensor<double> slope;   ///< its value, where `local` is given
};

/// One step: a value (forward) or an adjoint (backward) is found.
struct Step {
  Phase phase = Phase::forward;
  NodeId node = no_node;      ///< the forward node
  std::string title;          ///< one line: "m = a · b", "∂L/∂a"
  std::vector<Math> lines;    ///< the formula with symbols and numbers: "m = a · b = 2 · -3 = -6"
  std::vector<Share> shares;  ///< backward: whose sum the adjoint is
  std::vector<std::string> words;  ///< sentences about shapes, structure, what saturates
  std::vector<Wire> wires;         ///< what to light in a picture
  Tensor<double> value;            ///< the value, or the adjoint
  /// Backward, for a quiz: "What is ∂L/∂a?"; "" if what is shown does not tell the answer.
  std::string question;
  Math riddle;        ///< the formula that gives the answer: "∂L/∂a = ∂L/∂m · b = ?"
  double answer = 0;  ///< of the element that is followed, or the first one
  Index asked = 0;    ///< which one that is, row-major
};

/// Whether all that a step of a walk on `tape` is about are single numbers.
bool in_numbers(const Tape& tape, const Step& step);

struct WalkOptions {
  /// "W[3,7]": follow one scalar through the sums; empty for none.
  std::string element = {};
  /// Significant digits of numbers.
  int digits = default_digits;
};

/// A computation, its derivative by some variables, and the steps of both.
struct Walk {
  Var result;
  std::string title;
  std::vector<NodeId> nodes;     ///< the forward nodes, in the tape's order
  std::vector<NodeId> adjoints;  ///< of each of `nodes`; no_node where none was computed
  std::vector<Math> symbols;     ///< of each of `nodes`: what it is called in formulas
  std::vector<NodeId> wrt;       ///< what it is differentiated by
  std::vector<Step> steps;       ///< all forward steps, then all backward steps
  /// Why there is no backward pass, or no derivative by one of the variables. Sentences.
  std::vector<std::string> notes;
  int digits = default_digits;

  /// The step that finds the node's value, or its adjoint; nullptr if there is none.
  const Step* step(Phase phase, NodeId node) const;
  /// What the node is called: one of `symbols`, or its label if it is none of `nodes`.
  Math symbol(NodeId node) const;
};

/// Walks from the leaves to the result and back. Constant numbers get no step. Records the
/// derivative on the result's tape, as `gradient` does. A result that is no single number, and a
/// variable it does not depend on, are no errors but notes. Throws InputError for an element that
/// is not there, Error for an input without a value.
Walk walk(Var result, std::span<const Var> wrt, const WalkOptions& options = {});

/// What a node is called by itself: "a", "a·b", or "v7". Inside a walk, use its `symbols`, of which
/// no two are alike.
std::string symbol(const Tape& tape, NodeId node);

}  // namespace gradus::explain
