#include "gradus/graph/paths.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "gradus/grad/gradient.hpp"
#include "gradus/graph/best_paths.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
#include "gradus/tape/rewind.hpp"

namespace gradus {
namespace {

constexpr std::uint64_t most_tensor_paths = 1000;
constexpr std::uint64_t most_tensor_edges = 200'000;
/// Elements recorded on the tape before they are evaluated and forgotten again: 64 MB.
constexpr Index recorded_at_once = Index{1} << 23;

/// 0 stays 0, even if the other factor overflowed.
double times(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

Var ones(Tape& tape, const Shape& shape) {
  return shape.rank() == 0 ? tape.constant(1.0) : tape.constant(Tensor<double>(shape, 1.0));
}

Wire wire_of(const Ways& ways, std::uint32_t edge) {
  const auto to = std::upper_bound(ways.first_edge.begin(), ways.first_edge.end(), edge) - 1;
  return {ways.nodes[ways.tail[edge]],
          ways.nodes[static_cast<std::size_t>(to - ways.first_edge.begin())], ways.operand[edge]};
}

/// Where ways from x to the loss end: operands of nodes before the loss that depend on x, and whose
/// derivative is 0 everywhere or does not exist.
std::vector<Wire> blocked_ways(const Tape& tape, NodeId x, NodeId loss) {
  if (x > loss) return {};
  std::vector<bool> passes(loss - x + 1), leads(loss - x + 1);
  std::vector<Wire> blocked;
  leads[loss - x] = true;
  for (NodeId id = loss; id > x; --id) {
    if (!leads[id - x]) continue;
    for (const NodeId operand : tape.operands(id)) {
      if (operand >= x) leads[operand - x] = true;
    }
  }
  passes[0] = true;
  for (NodeId id = x + 1; id <= loss; ++id) {
    const auto operands = tape.operands(id);
    for (std::uint32_t k = 0; k < operands.size(); ++k) {
      if (operands[k] < x || !passes[operands[k] - x]) continue;
      if (tape.op(id).flow(static_cast<int>(k)) == Flow::smooth) {
        passes[id - x] = true;
      } else if (leads[id - x]) {
        blocked.push_back({operands[k], id, k});
      }
    }
  }
  return blocked;
}

/// The local derivative along each edge, where all nodes are numbers.
std::vector<double> local_derivatives(Tape& tape, const Ways& ways) {
  std::vector<double> partials(ways.edges());
  std::vector<Var> recorded;
  constexpr std::uint32_t at_once = 1u << 20;
  for (std::uint32_t begin = 0; begin < ways.edges(); begin += at_once) {
    const auto end = std::min(begin + at_once, static_cast<std::uint32_t>(ways.edges()));
    const Rewind rewind{tape};
    std::array<Var, Shape::max_rank + 1> one;  // by rank
    recorded.clear();
    for (std::uint32_t e = begin; e < end; ++e) {
      const Wire wire = wire_of(ways, e);
      const Shape shape = tape.shape(wire.to);
      Var& dy = one[static_cast<std::size_t>(shape.rank())];
      if (!dy) dy = ones(tape, shape);
      recorded.push_back(pullback(tape.var(wire.to), wire.operand, dy));
    }
    for (std::uint32_t e = begin; e < end; ++e) {
      partials[e] = item(recorded[e - begin]);
      if (std::isfinite(partials[e])) continue;
      const Wire wire = wire_of(ways, e);
      throw NumericError(fmt::format(
          "the local derivative of {} (recorded at {}) by {} = {:.6g} is {}: products with it say "
          "nothing; look at another point",
          tape.label(wire.to), tape.where(wire.to), tape.label(wire.from),
          item(tape.var(wire.from)), std::isnan(partials[e]) ? "not a number" : "infinite"));
    }
  }
  return partials;
}

/// The paths with the largest products of numbers, and the total of all.
void sum_numbers(PathSum& sum, Tape& tape, const Ways& ways, const PathOptions& options) {
  const std::vector<double> partials = local_derivatives(tape, ways);
  std::vector<double> weights(partials.size());
  std::transform(partials.begin(), partials.end(), weights.begin(),
                 [](double p) { return std::abs(p); });
  const Shape& shape = tape.shape(sum.from);
  double listed = 0;
  BestPaths best(ways, weights);
  while (sum.paths.size() < options.top) {
    const auto edges = best.next();
    if (!edges) break;
    Path path;
    double product = 1;
    for (const std::uint32_t e : *edges) {
      path.wires.push_back(wire_of(ways, e));
      path.partials.push_back(partials[e]);
      product = times(product, partials[e]);
    }
    path.product = Tensor<double>(shape, product);
    path.size = std::abs(product);
    listed += product;
    sum.paths.push_back(std::move(path));
  }
  std::vector<double> total(ways.vertices()), magnitude(ways.vertices());
  total[0] = magnitude[0] = 1;
  for (std::size_t v = 1; v < ways.vertices(); ++v) {
    for (std::uint32_t e = ways.first_edge[v]; e < ways.first_edge[v + 1]; ++e) {
      total[v] += times(total[ways.tail[e]], partials[e]);
      magnitude[v] += times(magnitude[ways.tail[e]], weights[e]);
    }
  }
  sum.listed = Tensor<double>(shape, listed);
  sum.total = Tensor<double>(shape, total.back());
  sum.tolerance = 8 * 0x1p-53 * static_cast<double>(ways.edges()) * magnitude.back();
}

double size_of(const Tensor<double>& product, const std::optional<Index>& element) {
  if (element) return std::abs(product[*element]);
  double largest = 0, squares = 0;
  for (const double x : product) largest = std::max(largest, std::abs(x));
  if (largest == 0) largest = 1;  // or all are NaN
  for (const double x : product) squares += (x / largest) * (x / largest);
  return largest * std::sqrt(squares);
}

void add(Tensor<double>& to, const Tensor<double>& x) {
  std::transform(to.begin(), to.end(), x.begin(), to.begin(), std::plus<>());
}

/// The paths whose pulled-back tensors are largest if there are few, the first ones else.
void sum_tensors(PathSum& sum, Tape& tape, const Ways& ways, const PathOptions& options) {
  const bool few = sum.count.is_at_most(most_tensor_paths) &&
                   sum.count.small * longest_path(ways) <= most_tensor_edges;
  sum.largest = few || sum.count.is_at_most(options.top);
  std::size_t wanted =
      few ? most_tensor_paths : std::min<std::size_t>(options.top, most_tensor_paths);
  const std::vector<double> weights(ways.edges(), 1.0);
  BestPaths in_order(ways, weights);
  const Shape shape = tape.shape(sum.from);
  sum.listed = Tensor<double>(shape);
  Tensor<double> total(shape);
  double norms = 0;

  // Pulled back along a few paths at once: each rewinding forgets the values of the forward pass.
  std::vector<Path> recorded;
  bool more = true;
  while (more) {
    const Rewind rewind{tape};
    std::vector<Var> products;
    recorded.clear();
    Index elements = 0;
    while (more && elements < recorded_at_once) {
      const auto edges = wanted-- > 0 ? in_order.next() : std::nullopt;
      more = edges.has_value();
      if (!more) break;
      Path path;
      Var dy = ones(tape, tape.shape(sum.to));
      const NodeId first = dy.id();
      for (auto e = edges->rbegin(); e != edges->rend(); ++e) {
        path.wires.push_back(wire_of(ways, *e));
        dy = pullback(tape.var(path.wires.back().to), path.wires.back().operand, dy);
      }
      std::reverse(path.wires.begin(), path.wires.end());
      for (NodeId id = first; id < tape.size(); ++id) elements += tape.shape(id).elements();
      products.push_back(dy);
      recorded.push_back(std::move(path));
    }
    for (std::size_t i = 0; i < recorded.size(); ++i) {
      recorded[i].product = value(products[i]);
      recorded[i].size = size_of(recorded[i].product, options.element);
      add(total, recorded[i].product);
      norms += size_of(recorded[i].product, std::nullopt);
      sum.paths.push_back(std::move(recorded[i]));
    }
    if (few) {
      // NaN counts as the largest: it is what must be seen.
      const auto rank = [](const Path& p) { return std::isnan(p.size) ? INFINITY : p.size; };
      std::stable_sort(sum.paths.begin(), sum.paths.end(),
                       [&](const Path& a, const Path& b) { return rank(a) > rank(b); });
      if (sum.paths.size() > options.top) sum.paths.resize(options.top);
    }
  }
  for (const Path& path : sum.paths) add(sum.listed, path.product);
  if (few) sum.total = std::move(total);
  sum.tolerance = 64 * 0x1p-53 * static_cast<double>(ways.edges()) * norms;
}

/// The largest difference of elements; equal infinities, and two NaN, do not differ.
double largest_difference(const Tensor<double>& a, const Tensor<double>& b) {
  double largest = 0;
  for (Index i = 0; i < a.elements(); ++i) {
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    const double difference = std::abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
    if (std::isnan(largest)) break;
  }
  return largest;
}

}  // namespace

PathSum sum_over_paths(Var x, Var loss, const PathOptions& options) {
  Tape& tape = loss.tape();
  tape.check(loss);
  tape.check(x);
  if (options.element && (*options.element < 0 || *options.element >= x.shape().elements())) {
    throw Error(fmt::format("{} of shape {} has no element {}", tape.label(x.id()),
                            to_string(x.shape()), *options.element));
  }
  PathSum sum;
  sum.from = x.id();
  sum.to = loss.id();
  sum.blocked = blocked_ways(tape, x.id(), loss.id());
  std::vector<Wire> wires;
  {
    const Rewind rewind{tape};
    const Backward walk = backward(loss, {&x, 1});
    for (const Contribution& c : walk.contributions) wires.push_back(c.wire);
    const bool reached = x.id() <= loss.id() && walk.adjoints[x.id()] != no_node;
    sum.adjoint = value(reached ? tape.var(walk.adjoints[x.id()]) : gradient(loss, x));
    sum.total = sum.listed = Tensor<double>(x.shape());
    if (!reached) {
      sum.count.digits = "0";
      return sum;
    }
  }
  const Ways ways(x.id(), std::move(wires));
  sum.count = count_paths(ways);
  sum.nodes = ways.vertices();
  sum.edges = ways.edges();
  for (const std::uint32_t v : crossed_by_all(ways)) sum.crossed.push_back(ways.nodes[v]);
  sum.numbers = std::all_of(ways.nodes.begin(), ways.nodes.end(),
                            [&](NodeId id) { return tape.shape(id).elements() == 1; });
  sum.total.reset();
  (sum.numbers ? sum_numbers : sum_tensors)(sum, tape, ways, options);
  if (sum.total) sum.difference = largest_difference(*sum.total, sum.adjoint);
  return sum;
}

}  // namespace gradus
