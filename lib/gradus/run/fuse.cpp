// Passes that make one op of several, so that what is computed stays in the cache.
#include <algorithm>
#include <optional>

#include "gradus/ops/fused.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/ops/pointwise_op.hpp"
#include "gradus/run/optimise.hpp"

namespace gradus {
namespace {

bool can_chain(const Op& op) { return dynamic_cast<const PointwiseOp*>(&op) != nullptr; }

/// Pointwise ops of one shape, the results of all but the last of which are used by others of them
/// alone; and at most one matrix product of that shape, used by them alone.
struct Cluster {
  std::vector<NodeId> steps;  // the last op first
  NodeId product = no_node;
};

/// Finds out what is to become one op. Nodes are looked at from the last to the first, so that all
/// uses of one are known when it is its turn.
class Clusters {
 public:
  Clusters(const Rewriter& rewriter, Passes passes)
      : tape_(rewriter.from()), rewriter_(rewriter), passes_(passes) {
    const std::vector<NodeId> nodes = rewriter.nodes();
    if (nodes.empty()) return;
    cluster_.assign(std::size_t{nodes.back()} + 1, none);
    user_.assign(cluster_.size(), none);
    // Uses by outputs and updates are seen by no operand: such a node is the end of its cluster.
    std::vector<std::uint32_t> seen(cluster_.size());
    for (const NodeId id : nodes) {
      for (const NodeId operand : tape_.operands(id)) ++seen[operand];
    }
    for (const NodeId id : nodes) {
      if (seen[id] != rewriter.uses(id)) user_[id] = several;
    }
    for (auto id = nodes.rbegin(); id != nodes.rend(); ++id) place(*id);
    // Alone, an op needs no cluster.
    for (Cluster& c : clusters_) {
      if (c.steps.size() == 1 && c.product == no_node) cluster_[c.steps[0]] = none;
    }
  }

  /// The cluster of a node, if it is in one.
  const Cluster* of(NodeId id) const {
    return cluster_[id] == none ? nullptr : &clusters_[cluster_[id]];
  }

 private:
  static constexpr std::uint32_t none = ~0u;
  static constexpr std::uint32_t several = none - 1;  // used by more than one cluster

  void place(NodeId id) {
    const Op& op = tape_.op(id);
    const std::uint32_t user = user_[id];
    const bool inside =
        user != none && user != several && tape_.shape(clusters_[user].steps[0]) == tape_.shape(id);
    std::uint32_t mine = none;
    // Single numbers run faster as they are: see scalar_code.hpp.
    if (can_chain(op) && tape_.shape(id).elements() != 1) {
      if (inside && passes_.has(Pass::chains) && has_room(clusters_[user], id)) {
        mine = user;
        clusters_[user].steps.push_back(id);
      } else {
        mine = static_cast<std::uint32_t>(clusters_.size());
        clusters_.push_back({{id}, no_node});
      }
    } else if (inside && is_plain_product(id) && clusters_[user].product == no_node &&
               passes_.has(kind(clusters_[user], id))) {
      mine = user;
      clusters_[user].product = id;
    }
    cluster_[id] = mine;
    // To an op in no cluster, an operand is a value in memory.
    const bool in_memory = mine == none || clusters_[mine].product == id;
    for (const NodeId operand : tape_.operands(id)) {
      std::uint32_t& by = user_[operand];
      by = !in_memory && (by == none || by == mine) ? mine : several;
    }
  }

  bool is_plain_product(NodeId id) const {
    return &tape_.op(id) == &op<Matmul>() && tape_.shape(id).rank() == 2;
  }

  /// Each op brings as many operands as it has, and takes one away.
  bool has_room(const Cluster& cluster, NodeId id) const {
    std::size_t operands = 1 + tape_.operands(id).size();
    for (const NodeId step : cluster.steps) operands += tape_.operands(step).size() - 1;
    return cluster.steps.size() < Chain::most_steps && operands < Chain::most_operands;
  }

  /// The pass that lets a product end in a cluster.
  Pass kind(const Cluster& cluster, NodeId product) const {
    const NodeId last = cluster.steps[0];
    if (rewriter_.updated_by(last)) return Pass::updates;
    const auto x = tape_.operands(last);
    const bool accumulates = &tape_.op(last) == &op<Add>() && cluster.steps.size() == 1 &&
                             tape_.shape(x[0] == product ? x[1] : x[0]) == tape_.shape(last);
    return accumulates ? Pass::accumulation : Pass::epilogues;
  }

  const Tape& tape_;
  const Rewriter& rewriter_;
  Passes passes_;
  std::vector<Cluster> clusters_;
  std::vector<std::uint32_t> cluster_;
  std::vector<std::uint32_t> user_;  // the one cluster that uses a node
};

/// Follows product * factor + operand * keep through a chain, where both factors are single
/// numbers.
class Linear {
 public:
  /// Of a chain whose operand 0 is the product; `x` are the op's operands.
  Linear(const Chain& chain, std::span<const Var> x) : x_(x) {
    for (const Chain::Step& step : chain.steps) {
      if (!follow(step)) {
        results_.clear();
        return;
      }
    }
  }

  std::optional<Product::Accumulation> accumulation() const {
    if (results_.empty()) return std::nullopt;
    const Term& last = results_.back();
    if (!last.product || last.to < 0) return std::nullopt;
    return Product::Accumulation{last.to, *last.product, last.keep};
  }

 private:
  struct Term {
    std::optional<Factor> product;  // if the product is in it
    std::int32_t to = -1;           // the operand that is in it, of the op
    Factor keep{};
    std::int32_t number = -1;  // or it is a single number: this operand
  };

  std::optional<Term> term(std::int32_t x) const {
    if (x < 0) return results_[static_cast<std::size_t>(~x)];
    if (x == 0) return Term{Factor{}, -1, {}, -1};
    const Var operand = x_[static_cast<std::size_t>(x) + 1];
    if (operand.shape().elements() == 1) return Term{std::nullopt, -1, {}, x + 1};
    return Term{std::nullopt, x + 1, Factor{}, -1};
  }

  bool follow(const Chain::Step& step) {
    const Op& by = *step.op;  // not its name, which an op of one's own may have, too
    const std::optional<Term> a = term(step.x[0]);
    if (&by == &op<Neg>()) {
      Term negative = *a;
      if (negative.number >= 0) return false;
      if (negative.product) negative.product->number = -negative.product->number;
      negative.keep.number = -negative.keep.number;
      results_.push_back(negative);
      return true;
    }
    if (&by != &op<Add>() && &by != &op<Mul>()) return false;
    const std::optional<Term> b = term(step.x[1]);
    return &by == &op<Add>() ? add(*a, *b) : multiply(*a, *b);
  }

  bool add(const Term& a, const Term& b) {
    if (a.number >= 0 || b.number >= 0) return false;
    const Term& with_product = a.product ? a : b;
    const Term& other = a.product ? b : a;
    if (!with_product.product || other.product || with_product.to >= 0 || other.to < 0)
      return false;
    results_.push_back({with_product.product, other.to, other.keep, -1});
    return true;
  }

  bool multiply(const Term& a, const Term& b) {
    const Term& number = a.number >= 0 ? a : b;
    Term result = a.number >= 0 ? b : a;
    if (number.number < 0 || result.number >= 0) return false;
    const auto times = [&](Factor& factor) {
      if (factor.operand >= 0) return false;
      factor.operand = number.number;
      return true;
    };
    if (result.product && !times(*result.product)) return false;
    if (result.to >= 0 && !times(result.keep)) return false;
    results_.push_back(result);
    return true;
  }

  std::span<const Var> x_;
  std::vector<Term> results_;
};

/// Records the one op that a cluster becomes.
Var record_cluster(Rewriter& rewriter, const Cluster& cluster, bool skip_zeros) {
  const Tape& tape = rewriter.from();
  const bool has_product = cluster.product != no_node;
  std::vector<NodeId> steps(cluster.steps.rbegin(), cluster.steps.rend());
  std::vector<NodeId> outside;  // the chain's operands, but for the product
  Chain chain;
  for (const NodeId id : steps) {
    Chain::Step step{&tape.op(id), 0, {}};
    if (const auto* number = std::get_if<Number>(&tape.attributes(id))) step.number = number->value;
    const auto operands = tape.operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      const auto inside = std::find(steps.begin(), steps.end(), operands[k]);
      if (inside != steps.end()) {
        step.x[k] = ~static_cast<std::int32_t>(inside - steps.begin());
      } else if (has_product && operands[k] == cluster.product) {
        step.x[k] = 0;
      } else {
        const auto found = std::find(outside.begin(), outside.end(), operands[k]);
        step.x[k] = static_cast<std::int32_t>(found - outside.begin()) + (has_product ? 1 : 0);
        if (found == outside.end()) outside.push_back(operands[k]);
      }
    }
    chain.steps.push_back(step);
  }
  const auto shared = std::make_shared<const Chain>(std::move(chain));
  std::vector<Var> x;
  if (has_product) x = rewriter.operands_of(cluster.product);
  for (const NodeId id : outside) x.push_back(rewriter.of(id));
  if (!has_product) return rewriter.replace(steps.back(), chain_op(), x, Fused{shared});

  Product product{std::get<Transposes>(tape.attributes(cluster.product)), skip_zeros, shared, {}};
  product.accumulation = Linear(*shared, x).accumulation();
  return rewriter.replace(steps.back(), product_op(), x, product);
}

}  // namespace

Draft fuse(const Draft& draft, Passes passes) {
  Rewriter rewriter(draft);
  const Tape& tape = rewriter.from();
  const Clusters clusters(rewriter, passes);
  const auto skips_zeros = [&](NodeId product) {
    return passes.has(Pass::zeros) && is_input(tape.op(tape.operands(product)[0]));
  };
  for (const NodeId id : rewriter.nodes()) {
    const Cluster* cluster = clusters.of(id);
    if (cluster) {
      if (id != cluster->steps[0]) continue;  // computed with the last op of the cluster
      const Var fused = record_cluster(
          rewriter, *cluster, cluster->product != no_node && skips_zeros(cluster->product));
      // What speaks of a part of it, such as an adjoint of it, speaks of the whole.
      for (const NodeId step : cluster->steps) rewriter.replace(step, fused);
      if (cluster->product != no_node) rewriter.replace(cluster->product, fused);
    } else if (&tape.op(id) == &op<Matmul>() && tape.shape(id).rank() == 2 && skips_zeros(id)) {
      rewriter.replace(id, product_op(), rewriter.operands_of(id),
                       Product{std::get<Transposes>(tape.attributes(id)),
                               true,
                               std::make_shared<const Chain>(),
                               {}});
    } else {
      rewriter.copy(id);
    }
  }
  return rewriter.finish();
}

}  // namespace gradus
