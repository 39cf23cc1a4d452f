/// What is drawn of a graph: the one model that every format is written from, and that those which
/// can be read are read into.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gradus/base/shape.hpp"
#include "gradus/graph/graph.hpp"

namespace gradus {

enum class DrawnKind : std::uint8_t { input, parameter, constant, op, fold };

/// A node of the tape; or a fold, which stands for several: all nodes of a scope (those of the
/// forward pass, or those of the backward pass), or of several scopes of equal structure.
struct DrawnNode {
  NodeId id = no_node;  ///< on the tape; of a fold the first node in it
  DrawnKind kind = DrawnKind::op;
  bool output = false;        ///< or holds one
  bool updated = false;       ///< the new value of a parameter, or a fold that holds one
  bool derivative = false;    ///< a part of a derivative, or a fold that holds one
  bool backward = false;      ///< a derivative, what is computed from one, or what only these use
  std::uint32_t scope = 0;    ///< which it is drawn in
  std::uint32_t count = 1;    ///< how many nodes of the tape it stands for
  std::uint32_t repeats = 1;  ///< how many scopes of equal structure
  std::string name;         ///< given; or "∂loss/∂W", "new W"; of a fold its scope's; or empty
  bool given_name = false;  ///< whether the name is the node's own
  std::string op;           ///< "matmul", "input"; empty for a fold
  std::string attributes;   ///< "A Bᵀ"; of a constant number the number
  std::optional<Shape> shape;  ///< none for a fold
  std::string adjoint;         ///< "∂loss/∂h via relu #7", for a part of a derivative
  /// What its operands are called, all of them, if not all are in the drawing.
  std::vector<std::string> operands = {};

  bool operator==(const DrawnNode&) const = default;
};

enum class DrawnFlow : std::uint8_t {
  forward,   ///< a value of the forward pass, used there
  backward,  ///< one of the backward pass
  across,    ///< what the backward pass needs of the forward pass
  update     ///< from the new value of a parameter to the parameter: it takes effect after the run
};

/// An edge from an operand to the op that uses it. `a * a` has two.
struct DrawnEdge {
  std::uint32_t from = 0, to = 0;  ///< positions in Drawing::nodes
  std::uint32_t operand = 0;       ///< position among the operands of `to`, from 0
  std::uint32_t count = 1;         ///< how many edges of the tape it stands for, beside a fold
  DrawnFlow flow = DrawnFlow::forward;
  /// What the operand is to `to` where the order matters: "left", "exponent".
  std::string role = {};
  /// What is shown on it: a derivative, or the shape of what leaves a fold.
  std::string label = {};
  std::optional<double> number = {};  ///< the label, with all its digits, if it is a number

  bool operator==(const DrawnEdge&) const = default;
};

/// A box around nodes. Scope 0 is the outermost, which has no box.
struct DrawnScope {
  std::uint32_t parent = 0;  ///< smaller than its own number
  std::string name;

  bool operator==(const DrawnScope&) const = default;
};

/// The numbers in a tensor.
struct DrawnValue {
  /// All of them if they are at most `most_shown`, in row-major order; else the first ones. None if
  /// the value is not known: `why` says why.
  std::vector<double> elements;
  double least = 0, mean = 0, greatest = 0;  ///< of all elements, if there are any
  std::string why;

  static constexpr std::size_t most_shown = 4;
  bool operator==(const DrawnValue&) const = default;
};

/// What a node costs to run: a fold, the sum over its nodes.
struct DrawnCost {
  std::int64_t flops = 0;
  std::int64_t bytes = 0;  ///< of the result

  bool operator==(const DrawnCost&) const = default;
};

/// What a program makes of a node.
struct DrawnPlace {
  enum class Kind : std::uint8_t {
    dropped,   ///< not in the program: nothing needs it
    given,     ///< an input or a parameter: its memory comes from outside
    computed,  ///< in the program's buffer, by a step; or a constant, put there once
    in_place,  ///< computed over an operand that dies with it, or over the parameter it replaces
    passing    ///< a product that the next step adds to something at once: it is never in memory
  };
  Kind kind = Kind::dropped;
  std::uint32_t step = 0;     ///< the how-manieth op that runs, from 1; 0 for what does not run
  std::int64_t first = 0;     ///< where it begins in the buffer, in elements
  std::int64_t elements = 0;  ///< how many it takes there; 0 for what is not in the buffer
  NodeId over = no_node;      ///< the node whose memory it writes over, if in place

  bool operator==(const DrawnPlace&) const = default;
};

/// A graph as it is drawn. Plain data: texts are UTF-8 in one line each, capped in length.
struct Drawing {
  std::string title;
  std::vector<std::string> notes;  ///< sentences beneath: totals, what labels mean
  std::vector<DrawnScope> scopes = std::vector<DrawnScope>(1);
  std::vector<DrawnNode> nodes;  ///< in the tape's order
  std::vector<DrawnEdge> edges;
  // What was asked for, of each node; else empty.
  std::vector<DrawnValue> values;
  std::vector<DrawnValue> adjoints;  ///< dloss/dnode
  std::vector<DrawnCost> costs;
  std::vector<DrawnPlace> places;

  bool operator==(const Drawing&) const = default;
};

struct DrawOptions {
  std::string title;
  /// Scopes deeper than this are each drawn as one node (1: boxes for the outermost scopes, in
  /// which every scope is a node; 0: these are nodes, too). Neighbours among such scopes that have
  /// equal structure become a single node, "×12".
  std::optional<std::size_t> depth;
  /// Shows floating-point operations, and the bytes of results with elements of this size; 0 for
  /// neither.
  std::size_t cost_element_size = 0;
};

/// What is to be drawn of a graph. Linear in its size.
Drawing draw(const Graph& graph, const DrawOptions& options = {});

/// The drawn node that stands for a node of the tape alone, if there is one.
std::optional<std::size_t> find(const Drawing& drawing, NodeId node);

/// The path of a scope, "mlp/hidden"; "" for the outermost. A / or \ in a name has a \ before it.
std::string scope_path(const Drawing& drawing, std::uint32_t scope);

/// Adds scopes to a drawing as they are met.
class ScopeTable {
 public:
  /// Scopes that are deeper than this are drawn as a part of their ancestor at this depth:
  /// Graphviz' parser is recursive.
  static constexpr std::uint32_t deepest = 30;

  explicit ScopeTable(Drawing& drawing) : drawing_(drawing) {}
  /// A scope inside `parent`; `parent` itself if there is no name.
  std::uint32_t inside(std::uint32_t parent, std::string_view name);
  /// The scope of a path, as `scope_path` writes it.
  std::uint32_t at(std::string_view path);

 private:
  Drawing& drawing_;
  std::vector<std::uint32_t> depth_ = std::vector<std::uint32_t>(1);
  std::map<std::pair<std::uint32_t, std::string>, std::uint32_t, std::less<>> known_;
};

}  // namespace gradus
