#include "gradus/graph/graph.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "gradus/base/error.hpp"
#include "gradus/graph/boost_graph.hpp"

namespace gradus {
namespace {

constexpr std::uint32_t not_in_graph = ~std::uint32_t{0};

/// Checks that all variables are on one tape, and returns it.
const Tape& common_tape(std::span<const Var> outputs, std::span<const Update> updates) {
  if (outputs.empty() && updates.empty()) throw Error("a graph needs an output or an update");
  return outputs.empty() ? updates[0].value.tape() : outputs[0].tape();
}

void check(const Tape& tape, std::span<const Var> outputs, std::span<const Update> updates) {
  for (const Var output : outputs) tape.check(output);
  for (const Update& update : updates) {
    tape.check(update.parameter);
    tape.check(update.value);
    if (!is_parameter(tape.op(update.parameter.id()))) {
      throw Error(fmt::format("{} is not a parameter: only parameters are updated",
                              tape.label(update.parameter.id())));
    }
  }
}

VertexKind kind(const Op& op) {
  if (is_input(op)) return VertexKind::input;
  if (is_parameter(op)) return VertexKind::parameter;
  if (is_constant(op)) return VertexKind::constant;
  return VertexKind::op;
}

/// Whether a node is the 1 that a call of gradient() starts from: dloss/dloss. (The other constants
/// that came through no consumer are the zeros of what the loss does not depend on.)
bool is_seed(const Tape& tape, NodeId id) {
  const Node& node = tape.node(id);
  return node.adjoint_of != no_node && node.through == no_node && is_constant(*node.op) &&
         tape.shape(id).elements() == 1 && *tape.leaf_value(id) == 1.0;
}

/// What an edge between two vertices of one adjoint says about the operand.
void find_role(Vertex& operand, const Vertex& user) {
  if (!operand.is_gradient() || operand.adjoint_of != user.adjoint_of ||
      operand.loss != user.loss) {
    return;
  }
  if (user.through == no_node) {
    if (operand.role == AdjointRole::whole) operand.role = AdjointRole::share;
  } else if (operand.through == user.through) {
    operand.role = AdjointRole::step;
  }
}

/// Builds the graph of the nodes in `needed`. Three linear passes, no recursion: a tape may hold
/// ten million nodes in one chain.
std::shared_ptr<const Graph::Storage> build(const Tape& tape, const std::vector<bool>& needed,
                                            std::span<const Var> outputs,
                                            std::span<const Update> updates) {
  const auto count = static_cast<std::size_t>(std::count(needed.begin(), needed.end(), true));
  auto storage = std::make_shared<Graph::Storage>(tape, count, updates);
  BoostGraph& graph = storage->graph;
  std::vector<std::uint32_t> vertex_of(needed.size(), not_in_graph);
  NodeId loss = no_node;  // of the call of gradient() whose nodes we are among
  std::uint32_t next = 0;
  for (NodeId id = 0; id < needed.size(); ++id) {
    if (is_seed(tape, id)) loss = tape.node(id).adjoint_of;
    if (!needed[id]) continue;
    const Node& node = tape.node(id);
    Vertex& vertex = graph[next];
    vertex.node = id;
    vertex.scope = node.scope;
    vertex.adjoint_of = node.adjoint_of;
    vertex.through = node.through;
    vertex.kind = kind(*node.op);
    if (vertex.is_gradient()) {
      vertex.loss = loss;
      vertex.role = AdjointRole::whole;  // until an edge shows that it is less
    }
    vertex_of[id] = next++;
  }
  for (const Var output : outputs) graph[vertex_of[output.id()]].output = true;
  for (const Update& update : updates) {
    graph[vertex_of[update.value.id()]].updates = update.parameter.id();
  }

  for (std::uint32_t user = 0; user < count; ++user) {
    std::uint32_t position = 0;
    for (const NodeId id : tape.operands(graph[user].node)) {
      const std::uint32_t operand = vertex_of[id];
      boost::add_edge(operand, user, Edge{position++}, graph);
      find_role(graph[operand], graph[user]);
    }
  }
  return storage;
}

/// The outputs, the updates, and all that they are computed from.
std::vector<bool> ancestors(const Tape& tape, std::span<const Var> outputs,
                            std::span<const Update> updates) {
  NodeId last = 0;
  for (const Var output : outputs) last = std::max(last, output.id());
  for (const Update& u : updates) last = std::max({last, u.parameter.id(), u.value.id()});
  std::vector<bool> needed(std::size_t{last} + 1);
  for (const Var output : outputs) needed[output.id()] = true;
  for (const Update& update : updates) {
    needed[update.parameter.id()] = true;
    needed[update.value.id()] = true;
  }
  for (NodeId id = last + 1; id-- > 0;) {
    if (!needed[id]) continue;
    for (const NodeId operand : tape.operands(id)) needed[operand] = true;
  }
  return needed;
}

/// A node as it is called inside "∂.../∂...": its name, or what it is.
std::string name_in_adjoint(const Tape& tape, NodeId id) {
  return tape.name(id).empty() ? "(" + tape.label(id) + ")" : std::string(tape.name(id));
}

/// What is differentiated. A derivative of a derivative is ∂(∂f/∂x)/∂x; a third one does not nest
/// deeper, so as to stay readable.
std::string name_of_loss(const Graph& graph, NodeId id) {
  if (id == no_node) return "L";
  const Tape& tape = graph.tape();
  const auto at = graph.find(id);
  if (at && tape.name(id).empty() && graph[*at].role == AdjointRole::whole &&
      graph[*at].loss != no_node) {
    return fmt::format("(∂{}/∂{})", name_in_adjoint(tape, graph[*at].loss),
                       name_in_adjoint(tape, graph[*at].adjoint_of));
  }
  return name_in_adjoint(tape, id);
}

}  // namespace

Graph::Graph(std::span<const Var> outputs, std::span<const Update> updates) {
  const Tape& tape = common_tape(outputs, updates);
  check(tape, outputs, updates);
  storage_ = build(tape, ancestors(tape, outputs, updates), outputs, updates);
}

Graph::Graph(std::initializer_list<Var> outputs, std::initializer_list<Update> updates)
    : Graph(std::span<const Var>(outputs.begin(), outputs.size()),
            std::span<const Update>(updates.begin(), updates.size())) {}

Graph Graph::whole(const Tape& tape, std::span<const Var> outputs,
                   std::span<const Update> updates) {
  check(tape, outputs, updates);
  return Graph(build(tape, std::vector<bool>(tape.size(), true), outputs, updates));
}

Graph Graph::part(const std::vector<bool>& vertices) const {
  const BoostGraph& old = storage_->graph;
  const auto count = static_cast<std::size_t>(std::count(vertices.begin(), vertices.end(), true));
  std::vector<std::uint32_t> now(size(), not_in_graph);
  auto storage = std::make_shared<Storage>(tape(), count, std::span<const Update>());
  std::uint32_t next = 0;
  for (std::size_t v = 0; v < size(); ++v) {
    if (!vertices[v]) continue;
    storage->graph[next] = old[v];
    now[v] = next++;
    const auto [first, last] = boost::in_edges(v, old);
    for (auto e = first; e != last; ++e) {
      const std::uint32_t operand = now[boost::source(*e, old)];
      if (operand != not_in_graph) boost::add_edge(operand, now[v], old[*e], storage->graph);
    }
  }
  for (const Update& update : updates()) {
    if (vertices[*find(update.parameter.id())] && vertices[*find(update.value.id())]) {
      storage->updates.push_back(update);
    }
  }
  return Graph(std::move(storage));
}

const Tape& Graph::tape() const { return storage_->tape; }
std::size_t Graph::size() const { return boost::num_vertices(storage_->graph); }
std::size_t Graph::edges() const { return boost::num_edges(storage_->graph); }
const Vertex& Graph::operator[](std::size_t vertex) const { return storage_->graph[vertex]; }
std::span<const Update> Graph::updates() const { return storage_->updates; }

std::optional<std::size_t> Graph::find(NodeId node) const {
  std::size_t low = 0;
  std::size_t high = size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if ((*this)[middle].node < node) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == size() || (*this)[low].node != node) return std::nullopt;
  return low;
}

std::string Graph::adjoint_text(std::size_t vertex) const {
  const Vertex& v = (*this)[vertex];
  if (!v.is_gradient()) return {};
  const std::string adjoint =
      fmt::format("∂{}/∂{}", name_of_loss(*this, v.loss), name_in_adjoint(tape(), v.adjoint_of));
  switch (v.role) {
    case AdjointRole::share:
      return v.through == no_node ? fmt::format("part of {}", adjoint)
                                  : fmt::format("{} via {}", adjoint, tape().label(v.through));
    case AdjointRole::step:
      return fmt::format("for {}", adjoint);
    default:
      return adjoint;
  }
}

}  // namespace gradus
