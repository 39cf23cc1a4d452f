#include "gradus/graph/drawing.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "gradus/graph/boost_graph.hpp"
#include "gradus/graph/dot_text.hpp"
#include "gradus/graph/fold.hpp"
#include "gradus/graph/node_text.hpp"
#include "gradus/ops/fused.hpp"
#include "gradus/ops/list.hpp"

namespace gradus {
namespace {

/// Code points of a name in a drawing. Pictures cut it further; files keep this much.
constexpr std::size_t longest_text = 400;

/// Which vertices belong to the backward pass: derivatives, what is computed from them, and the
/// leaves that only these use (a learning rate).
std::vector<bool> backward_pass(const Graph& graph) {
  const BoostGraph& g = boost_graph(graph);
  std::vector<bool> backward(graph.size());
  for (std::size_t v = 0; v < graph.size(); ++v) {
    const auto [first, last] = boost::in_edges(v, g);
    backward[v] = g[v].is_gradient() || std::any_of(first, last, [&](const auto& e) {
                    return backward[boost::source(e, g)];
                  });
  }
  for (std::size_t v = 0; v < graph.size(); ++v) {
    const auto [first, last] = boost::out_edges(v, g);
    if (g[v].kind != VertexKind::op && first != last) {
      backward[v] =
          std::all_of(first, last, [&](const auto& e) { return backward[boost::target(e, g)]; });
    }
  }
  return backward;
}

/// What an operand is to its op, where it matters which is which.
std::string role(const Op& op, std::size_t operands, std::uint32_t operand) {
  // The letters of the formula that stands beside a fused op's name.
  if (&op == &chain_op()) return std::string(1, static_cast<char>('a' + operand));
  if (&op == &product_op())
    return std::string(1, static_cast<char>((operand < 2 ? 'A' : 'a') + operand));

  if (operands < 2) return {};
  for (const Op* symmetric : {&gradus::op<Add>(), &gradus::op<Mul>(), &gradus::op<Maximum>(),
                              &gradus::op<Minimum>(), &gradus::op<Equal>()}) {
    if (&op == symmetric) return {};
  }
  const auto one_of = [&](std::initializer_list<const char*> names) {
    return std::string(names.begin()[operand]);
  };
  if (&op == &gradus::op<Pow>()) return one_of({"base", "exponent"});
  if (&op == &gradus::op<Where>()) return one_of({"condition", "then", "else"});
  if (&op == &gradus::op<Gather>() || &op == &gradus::op<ScatterRows>()) {
    return one_of({"rows", "index"});
  }
  for (const Op* binary :
       {&gradus::op<Div>(), &gradus::op<Matmul>(), &gradus::op<Less>(), &gradus::op<LessEqual>()}) {
    if (&op == binary) return one_of({"left", "right"});
  }
  return std::to_string(operand);
}

DrawnKind kind(const Vertex& v) {
  switch (v.kind) {
    case VertexKind::input:
      return DrawnKind::input;
    case VertexKind::parameter:
      return DrawnKind::parameter;
    case VertexKind::constant:
      return DrawnKind::constant;
    default:
      return DrawnKind::op;
  }
}

class Drawer {
 public:
  Drawer(const Graph& graph, const DrawOptions& options)
      : graph_(graph),
        tape_(graph.tape()),
        backward_(backward_pass(graph)),
        folding_(options.depth ? fold_scopes(graph, *options.depth, backward_) : no_folding(graph)),
        scopes_(drawing_) {
    drawing_.title = visible(options.title, longest_text);
    nodes();
    edges();
    if (options.cost_element_size != 0) costs(static_cast<Index>(options.cost_element_size));
  }

  Drawing take() { return std::move(drawing_); }

 private:
  void nodes() {
    drawing_.nodes.reserve(folding_.groups.size());
    for (const FoldedGroup& group : folding_.groups) {
      drawing_.nodes.push_back(group.is_fold() ? fold(group) : node(group.first));
    }
    for (std::size_t v = 0; v < graph_.size(); ++v) {
      DrawnNode& drawn = drawing_.nodes[folding_.group_of[v]];
      drawn.output |= graph_[v].output;
      drawn.derivative |= graph_[v].is_gradient();
      drawn.updated |= graph_[v].updates != no_node;
    }
  }

  DrawnNode node(std::size_t vertex) {
    const Vertex& v = graph_[vertex];
    DrawnNode drawn;
    drawn.id = v.node;
    drawn.kind = kind(v);
    drawn.backward = backward_[vertex];
    drawn.scope = scope(v.scope);
    drawn.op = tape_.op(v.node).name();
    drawn.shape = tape_.shape(v.node);
    const Attributes& attributes = tape_.attributes(v.node);
    // A target is said by the result's shape.
    if (!std::holds_alternative<Target>(attributes)) {
      drawn.attributes = visible(to_string(attributes), longest_text);
    }
    if (v.kind == VertexKind::constant && drawn.shape->rank() == 0) {
      drawn.attributes = short_text(*tape_.leaf_value(v.node), 6);
    }
    const auto operands = tape_.operands(v.node);
    if (boost::in_degree(vertex, boost_graph(graph_)) < operands.size()) {
      for (const NodeId operand : operands) drawn.operands.push_back(operand_name(operand));
    }
    if (v.is_gradient()) drawn.adjoint = visible(graph_.adjoint_text(vertex), longest_text);
    drawn.name = visible(tape_.name(v.node), longest_text);
    drawn.given_name = !drawn.name.empty();
    if (drawn.given_name || v.kind != VertexKind::op) return drawn;
    if (v.updates != no_node) {
      drawn.name = visible("new " + tape_.label(v.updates), longest_text);
    } else if (v.role == AdjointRole::whole) {
      drawn.name = drawn.adjoint;
    }
    return drawn;
  }

  /// "x", "0.5", or "#7" for what has neither a number nor a name in one word: files separate them
  /// by spaces.
  std::string operand_name(NodeId id) const {
    const std::string name = visible(tape_.name(id), longest_text);
    if (!name.empty() && name.find(' ') == std::string::npos) return name;
    const bool number = is_constant(tape_.op(id)) && tape_.shape(id).rank() == 0;
    return number ? short_text(*tape_.leaf_value(id), 6) : fmt::format("#{}", id);
  }

  DrawnNode fold(const FoldedGroup& group) {
    DrawnNode drawn;
    drawn.id = graph_[group.first].node;
    drawn.kind = DrawnKind::fold;
    drawn.backward = backward_[group.first];
    drawn.scope = scope(tape_.scope_parent(group.scope));
    drawn.count = group.count;
    drawn.repeats = group.repeats;
    drawn.name = visible(tape_.scope_name(group.scope), longest_text);
    if (group.repeats > 1) {
      drawn.name += " … " + visible(tape_.scope_name(group.last_scope), longest_text);
    }
    return drawn;
  }

  /// The drawn scope of one of the tape's. They are added in the order in which drawn nodes need
  /// them, so that a file which says of each node in which scope it is says all.
  std::uint32_t scope(std::uint32_t of) {
    constexpr std::uint32_t unknown = ~std::uint32_t{0};
    std::vector<std::uint32_t> missing;
    while (true) {
      if (of >= drawn_scope_.size()) drawn_scope_.resize(of + 1, unknown);
      drawn_scope_[0] = 0;
      if (drawn_scope_[of] != unknown) break;
      missing.push_back(of);
      of = tape_.scope_parent(of);
    }
    std::uint32_t drawn = drawn_scope_[of];
    for (; !missing.empty(); missing.pop_back()) {
      drawn = scopes_.inside(drawn, visible(tape_.scope_name(missing.back())));
      drawn_scope_[missing.back()] = drawn;
    }
    return drawn;
  }

  void edges() {
    const BoostGraph& g = boost_graph(graph_);
    drawing_.edges.reserve(graph_.edges());
    for (std::size_t user = 0; user < graph_.size(); ++user) {
      const NodeId id = g[user].node;
      const auto [first, last] = boost::in_edges(user, g);
      for (auto e = first; e != last; ++e) {
        const std::size_t operand = boost::source(*e, g);
        DrawnEdge edge{.from = folding_.group_of[operand],
                       .to = folding_.group_of[user],
                       .operand = g[*e].operand,
                       .flow = backward_[operand] ? DrawnFlow::backward
                               : backward_[user]  ? DrawnFlow::across
                                                  : DrawnFlow::forward};
        const bool to_fold = folding_.groups[edge.to].is_fold();
        const bool from_fold = folding_.groups[edge.from].is_fold();
        if (!to_fold) edge.role = role(tape_.op(id), tape_.operands(id).size(), edge.operand);
        if (from_fold && edge.flow != DrawnFlow::across) {
          edge.label = to_string(tape_.shape(g[operand].node));
        }
        if (!to_fold && !from_fold) {
          drawing_.edges.push_back(std::move(edge));
        } else if (edge.from != edge.to || folding_.block_of[operand] != folding_.block_of[user]) {
          add_bundled(std::move(edge));
        }
      }
    }
    for (const Update& update : graph_.updates()) {
      DrawnEdge edge{.from = folding_.group_of[*graph_.find(update.value.id())],
                     .to = folding_.group_of[*graph_.find(update.parameter.id())],
                     .flow = DrawnFlow::update};
      const bool folded =
          folding_.groups[edge.from].is_fold() || folding_.groups[edge.to].is_fold();
      if (folded) {
        add_bundled(std::move(edge));
      } else {
        drawing_.edges.push_back(std::move(edge));
      }
    }
  }

  /// All edges of one kind between a fold and another node are one, with a count. It has a shape
  /// only if all agree, and is no operand in particular.
  void add_bundled(DrawnEdge edge) {
    const std::uint64_t ends = std::uint64_t{edge.from} << 32 | edge.to;
    auto& known = bundles_[static_cast<std::size_t>(edge.flow)];
    const auto [at, is_new] = known.try_emplace(ends, drawing_.edges.size());
    if (is_new) {
      if (drawing_.nodes[edge.to].kind == DrawnKind::fold) edge.operand = 0;
      drawing_.edges.push_back(std::move(edge));
      return;
    }
    DrawnEdge& bundle = drawing_.edges[at->second];
    ++bundle.count;
    bundle.operand = 0;
    bundle.role.clear();
    if (bundle.label != edge.label) bundle.label.clear();
  }

  void costs(Index element_size) {
    drawing_.costs.resize(drawing_.nodes.size());
    std::vector<Shape> x;
    for (std::size_t v = 0; v < graph_.size(); ++v) {
      const NodeId id = graph_[v].node;
      DrawnCost& cost = drawing_.costs[folding_.group_of[v]];
      cost.bytes += tape_.shape(id).elements() * element_size;
      if (graph_[v].kind != VertexKind::op) continue;
      x.clear();
      for (const NodeId operand : tape_.operands(id)) x.push_back(tape_.shape(operand));
      cost.flops += tape_.op(id).flops(x, tape_.shape(id), tape_.attributes(id));
    }
  }

  const Graph& graph_;
  const Tape& tape_;
  Drawing drawing_;
  std::vector<bool> backward_;
  Folding folding_;
  ScopeTable scopes_;
  std::vector<std::uint32_t> drawn_scope_ = {0};
  std::unordered_map<std::uint64_t, std::size_t> bundles_[4];  // by flow and ends
};

}  // namespace

Drawing draw(const Graph& graph, const DrawOptions& options) {
  return Drawer(graph, options).take();
}

std::optional<std::size_t> find(const Drawing& drawing, NodeId node) {
  const auto found =
      std::lower_bound(drawing.nodes.begin(), drawing.nodes.end(), node,
                       [](const DrawnNode& drawn, NodeId id) { return drawn.id < id; });
  if (found == drawing.nodes.end() || found->id != node || found->kind == DrawnKind::fold) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - drawing.nodes.begin());
}

std::string scope_path(const Drawing& drawing, std::uint32_t scope) {
  std::vector<std::string_view> names;
  for (; scope != 0; scope = drawing.scopes[scope].parent) {
    names.push_back(drawing.scopes[scope].name);
  }
  std::string path;
  for (std::size_t i = names.size(); i-- > 0;) {
    for (const char c : names[i]) {
      if (c == '/' || c == '\\') path += '\\';
      path += c;
    }
    if (i > 0) path += '/';
  }
  return path;
}

std::uint32_t ScopeTable::inside(std::uint32_t parent, std::string_view name) {
  if (name.empty() || depth_[parent] == deepest) return parent;
  const auto number = static_cast<std::uint32_t>(drawing_.scopes.size());
  const auto [at, is_new] = known_.try_emplace(std::pair(parent, std::string(name)), number);
  if (is_new) {
    drawing_.scopes.push_back({parent, std::string(name)});
    depth_.push_back(depth_[parent] + 1);
  }
  return at->second;
}

std::uint32_t ScopeTable::at(std::string_view path) {
  std::uint32_t scope = 0;
  std::string name;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '/') {
      scope = inside(scope, name);
      name.clear();
    } else {
      if (path[i] == '\\' && i + 1 < path.size()) ++i;
      name += path[i];
    }
  }
  return inside(scope, name);
}

}  // namespace gradus
