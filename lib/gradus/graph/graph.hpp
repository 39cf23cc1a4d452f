/// A part of a tape as a graph: which nodes belong to it, what they are, and how they hang
/// together.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gradus/run/program.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus {

/// What a vertex stands for.
enum class VertexKind : std::uint8_t { input, parameter, constant, op };

/// How a vertex takes part in an adjoint (a derivative of the loss).
enum class AdjointRole : std::uint8_t {
  none,   ///< it is not part of a derivative
  whole,  ///< it is the adjoint
  share,  ///< one of several summands of it: what came through one consumer, or a partial sum
  step    ///< on the way to a share or to the whole
};

/// A vertex: plain numbers. Shapes, names and attributes stay on the tape, under `node`.
struct Vertex {
  NodeId node = no_node;
  std::uint32_t scope = 0;
  NodeId adjoint_of = no_node;  ///< the forward node that this differentiates by, or no_node
  NodeId through = no_node;     ///< the forward consumer that the adjoint came through, or no_node
  NodeId loss = no_node;        ///< what is differentiated, if `adjoint_of` is a node
  NodeId updates = no_node;     ///< the parameter whose new value this is, or no_node
  VertexKind kind = VertexKind::op;
  AdjointRole role = AdjointRole::none;
  bool output = false;

  bool is_gradient() const { return adjoint_of != no_node; }
};

/// An edge, from an operand to the op that uses it. `a * a` has two.
struct Edge {
  std::uint32_t operand = 0;  ///< the operand's position, from 0
};

/// What some outputs and updates need of a tape, or all of it, as a Boost graph. Vertices are
/// numbered from 0 in the tape's order, so that every edge leads to a larger number. Updates are
/// kept apart from the edges, as they lead backwards: the Boost graph has no cycle.
///
/// A graph looks at its tape for texts: the tape must outlive it, and must not be rewound past its
/// nodes. Copies share one immutable graph. See boost_graph.hpp to run Boost's algorithms on it.
class Graph {
 public:
  /// The outputs, the new values of the updates, and their ancestors. Throws Error if there is
  /// nothing to draw, or a variable is on another tape.
  explicit Graph(std::span<const Var> outputs, std::span<const Update> updates = {});
  explicit Graph(std::initializer_list<Var> outputs, std::initializer_list<Update> updates = {});
  explicit Graph(Var output) : Graph(std::span<const Var>(&output, 1)) {}
  /// Every node of a tape, dead ones too.
  static Graph whole(const Tape& tape, std::span<const Var> outputs = {},
                     std::span<const Update> updates = {});

  /// These vertices, by their numbers, and the edges and updates between them. They keep what they
  /// are, and get new numbers.
  Graph part(const std::vector<bool>& vertices) const;

  const Tape& tape() const;
  std::size_t size() const;
  std::size_t edges() const;
  const Vertex& operator[](std::size_t vertex) const;
  /// The vertex of a node, if it is in the graph.
  std::optional<std::size_t> find(NodeId node) const;
  std::span<const Update> updates() const;

  /// "∂loss/∂h", "∂loss/∂h via relu #7" for a share that came through relu, "part of ∂loss/∂h" for
  /// a partial sum, "for ∂loss/∂h" for a step towards it; "" for what is not part of a derivative.
  std::string adjoint_text(std::size_t vertex) const;

  struct Storage;  ///< keeps Boost's headers out of this one; see boost_graph.hpp
  const Storage& storage() const { return *storage_; }

 private:
  explicit Graph(std::shared_ptr<const Storage> storage) : storage_(std::move(storage)) {}

  std::shared_ptr<const Storage> storage_;
};

}  // namespace gradus
