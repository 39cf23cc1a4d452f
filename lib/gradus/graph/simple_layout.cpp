#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "gradus/graph/layout.hpp"

namespace gradus {
namespace {

constexpr double margin = 8;
constexpr double lane_margin = 16;
constexpr double box_gap = 14;
constexpr double layer_gap = 34;
constexpr double bend_size = 4;  // of a bend where a long link passes a layer
constexpr int sweeps = 6;

/// Works as if everything flowed to the right: `along` the flow are layers, `across` it their
/// boxes.
class Layered {
 public:
  explicit Layered(const Diagram& diagram) : diagram_(diagram) {
    for (const Diagram::Box& box : diagram.boxes) {
      const bool right = diagram.flow == Diagram::Flow::right;
      items_.push_back({right ? box.width : box.height, right ? box.height : box.width, box.group});
    }
  }

  Layout run() {
    find_layers();
    add_bends();
    number_lanes();
    fill_layers();
    for (int sweep = 0; sweep < sweeps; ++sweep) order(sweep % 2 == 0);
    place_lanes();
    for (int sweep = 0; sweep < sweeps; ++sweep) place_across(sweep % 2 == 0);
    place_along();
    return result();
  }

 private:
  /// A box, or a bend of a long link.
  struct Item {
    double along = 0;  // its size
    double across = 0;
    std::uint32_t group = 0;
    std::size_t layer = 0;
    double position = 0;  // of its middle, across
    std::vector<std::size_t> before{}, after{};
  };

  void find_layers() {
    const std::size_t n = items_.size();
    std::vector<std::vector<std::size_t>> next(n);
    std::vector<std::size_t> waits(n);
    for (const Diagram::Link& link : diagram_.links) {
      if (!link.pulls) continue;
      next[link.from].push_back(link.to);
      ++waits[link.to];
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < n; ++i) {
      if (waits[i] == 0) order.push_back(i);
    }
    const std::size_t sources = order.size();
    for (std::size_t k = 0; k < order.size(); ++k) {
      for (const std::size_t to : next[order[k]]) {
        items_[to].layer = std::max(items_[to].layer, items_[order[k]].layer + 1);
        if (--waits[to] == 0) order.push_back(to);
      }
    }
    // A leaf stands just before its first use, not far off at the start.
    for (std::size_t k = 0; k < sources; ++k) {
      std::size_t first_use = items_.size();
      for (const std::size_t to : next[order[k]]) first_use = std::min(first_use, items_[to].layer);
      if (first_use < items_.size()) items_[order[k]].layer = first_use - 1;
    }
  }

  /// Cuts long links at each layer that they pass, as long as there are not too many.
  void add_bends() {
    std::size_t left = 20 * (items_.size() + diagram_.links.size());
    ways_.resize(diagram_.links.size());
    for (std::size_t i = 0; i < diagram_.links.size(); ++i) {
      const Diagram::Link& link = diagram_.links[i];
      std::vector<std::size_t>& way = ways_[i];
      way.push_back(link.from);
      if (link.pulls) {
        const std::size_t first = items_[link.from].layer + 1;
        const std::size_t last = items_[link.to].layer;
        const std::uint32_t a = items_[link.from].group;
        const std::uint32_t b = items_[link.to].group;
        if (last - first <= left) {
          for (std::size_t layer = first; layer < last; ++layer, --left) {
            way.push_back(items_.size());
            Item bend{bend_size, bend_size, a == b ? a : 0, layer};
            items_.push_back(std::move(bend));
          }
        }
      }
      way.push_back(link.to);
      if (!link.pulls) continue;
      for (std::size_t k = 1; k < way.size(); ++k) {
        items_[way[k - 1]].after.push_back(way[k]);
        items_[way[k]].before.push_back(way[k - 1]);
      }
    }
  }

  /// Lanes in the order in which the groups are met, each before those inside it.
  void number_lanes() {
    const std::size_t groups = diagram_.group_parents.size();
    std::vector<std::vector<std::uint32_t>> inner(groups);
    for (auto g = static_cast<std::uint32_t>(groups); g-- > 1;) {
      inner[diagram_.group_parents[g]].push_back(g);
    }
    lane_of_.assign(groups, 0);
    std::vector<std::uint32_t> open{0};
    while (!open.empty()) {
      const std::uint32_t group = open.back();
      open.pop_back();
      lane_of_[group] = lanes_.size();
      lanes_.push_back(group);
      open.insert(open.end(), inner[group].begin(), inner[group].end());
    }
  }

  void fill_layers() {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].layer >= layers_.size()) layers_.resize(items_[i].layer + 1);
      layers_[items_[i].layer].push_back(i);
    }
    for (auto& layer : layers_) sort(layer, std::vector<double>(items_.size()));
  }

  void sort(std::vector<std::size_t>& layer, const std::vector<double>& key) {
    std::stable_sort(layer.begin(), layer.end(), [&](std::size_t a, std::size_t b) {
      const std::size_t lane_a = lane_of_[items_[a].group];
      const std::size_t lane_b = lane_of_[items_[b].group];
      return lane_a != lane_b ? lane_a < lane_b : key[a] < key[b];
    });
    for (std::size_t k = 0; k < layer.size(); ++k) {
      items_[layer[k]].position = static_cast<double>(k) / static_cast<double>(layer.size());
    }
  }

  /// The mean position of what an item hangs on; its own if that is nothing.
  double wish(const Item& item, bool forward) const {
    const std::vector<std::size_t>& near = forward ? item.before : item.after;
    if (near.empty()) return item.position;
    double sum = 0;
    for (const std::size_t i : near) sum += items_[i].position;
    return sum / static_cast<double>(near.size());
  }

  void order(bool forward) {
    std::vector<double> key(items_.size());
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      auto& layer = layers_[forward ? k : layers_.size() - 1 - k];
      for (const std::size_t i : layer) key[i] = wish(items_[i], forward);
      sort(layer, key);
    }
  }

  /// Gives each group a lane as wide as its fullest layer, and the lanes of inner groups after it.
  void place_lanes() {
    std::vector<double> need(lanes_.size());
    std::vector<double> filled(lanes_.size());
    for (const auto& layer : layers_) {
      for (const std::size_t i : layer) {
        const std::size_t lane = lane_of_[items_[i].group];
        filled[lane] += items_[i].across + box_gap;
        need[lane] = std::max(need[lane], filled[lane]);
      }
      for (const std::size_t i : layer) filled[lane_of_[items_[i].group]] = 0;
    }
    lane_start_.resize(lanes_.size());
    lane_end_.resize(lanes_.size());
    double at = margin;
    std::vector<std::uint32_t> open;
    const auto close = [&] {
      if (open.back() != 0) at += lane_margin;
      open.pop_back();
    };
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      const std::uint32_t group = lanes_[lane];
      while (!open.empty() && open.back() != diagram_.group_parents[group]) close();
      open.push_back(group);
      if (group != 0) at += lane_margin + 8;  // the frame and its label
      lane_start_[lane] = at;
      lane_end_[lane] = at += need[lane];
    }
    while (!open.empty()) close();
    size_across_ = at + margin;
    for (const auto& layer : layers_) {
      double next = 0;
      for (std::size_t k = 0; k < layer.size(); ++k) {
        Item& item = items_[layer[k]];
        const std::size_t lane = lane_of_[item.group];
        if (k == 0 || lane != lane_of_[items_[layer[k - 1]].group]) next = lane_start_[lane];
        item.position = next + (item.across + box_gap) / 2;
        next += item.across + box_gap;
      }
    }
  }

  /// Brings each item as near to its wish as its order and its lane allow: the least squares
  /// solution, by pooling neighbours that would overlap (Ayer et al., 1955).
  void place_across(bool forward) {
    struct Pool {
      double sum, count, at;
    };
    std::vector<Pool> pools;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const auto& layer = layers_[forward ? l : layers_.size() - 1 - l];
      for (std::size_t first = 0, last = 0; first < layer.size(); first = last) {
        const std::size_t lane = lane_of_[items_[layer[first]].group];
        pools.clear();
        double offset = 0;  // of an item's middle, if all stood close
        std::vector<double> offsets;
        for (; last < layer.size() && lane_of_[items_[layer[last]].group] == lane; ++last) {
          const Item& item = items_[layer[last]];
          const double half = (item.across + box_gap) / 2;
          offset += half;
          offsets.push_back(offset);
          Pool pool{wish(item, forward) - offset, 1, 0};
          offset += half;
          pool.at = pool.sum;
          while (!pools.empty() && pools.back().at >= pool.at) {
            pool.sum += pools.back().sum;
            pool.count += pools.back().count;
            pool.at = pool.sum / pool.count;
            pools.pop_back();
          }
          pools.push_back(pool);
        }
        std::size_t k = first;
        for (const Pool& pool : pools) {
          const double at = std::clamp(pool.at, lane_start_[lane],
                                       std::max(lane_start_[lane], lane_end_[lane] - offset));
          for (double n = 0; n < pool.count; ++n, ++k) {
            items_[layer[k]].position = at + offsets[k - first];
          }
        }
      }
    }
  }

  void place_along() {
    double at = margin + lane_margin;
    for (const auto& layer : layers_) {
      double widest = 0;
      for (const std::size_t i : layer) widest = std::max(widest, items_[i].along);
      middles_.push_back(at + widest / 2);
      at += widest + layer_gap;
    }
    size_along_ = at - layer_gap + margin + lane_margin;
  }

  Position point(double along, double across) const {
    return diagram_.flow == Diagram::Flow::right ? Position{along, across}
                                                 : Position{across, along};
  }

  /// Where a link leaves (side 1) or enters (side -1) an item, along the flow.
  double edge_of(std::size_t i, double side) const {
    return middles_[items_[i].layer] + side * items_[i].along / 2;
  }

  /// From border to border, on the line between the middles.
  std::vector<Position> straight(std::size_t from, std::size_t to) const {
    const auto border = [&](std::size_t at, std::size_t towards) {
      const double along = middles_[items_[towards].layer] - middles_[items_[at].layer];
      const double across = items_[towards].position - items_[at].position;
      const double scale = std::min({1.0, along == 0 ? 1.0 : items_[at].along / 2 / std::abs(along),
                                     across == 0 ? 1.0 : items_[at].across / 2 / std::abs(across)});
      return point(middles_[items_[at].layer] + along * scale,
                   items_[at].position + across * scale);
    };
    const Position a = border(from, to);
    const Position b = border(to, from);
    return {a,
            {(2 * a.x + b.x) / 3, (2 * a.y + b.y) / 3},
            {(a.x + 2 * b.x) / 3, (a.y + 2 * b.y) / 3},
            b};
  }

  Layout result() const {
    Layout layout;
    const Position size = point(size_along_, size_across_);
    layout.width = size.x;
    layout.height = size.y;
    for (std::size_t i = 0; i < diagram_.boxes.size(); ++i) {
      layout.boxes.push_back(point(middles_[items_[i].layer], items_[i].position));
    }
    for (std::size_t i = 0; i < ways_.size(); ++i) {
      const std::vector<std::size_t>& way = ways_[i];
      if (!diagram_.links[i].pulls) {
        layout.links.push_back(straight(way.front(), way.back()));
        continue;
      }
      std::vector<Position> curve{point(edge_of(way[0], 1), items_[way[0]].position)};
      for (std::size_t k = 1; k < way.size(); ++k) {
        const Item& a = items_[way[k - 1]];
        const Item& b = items_[way[k]];
        const double start = edge_of(way[k - 1], 1);
        const double end = edge_of(way[k], -1);
        const double bend = std::max(std::abs(end - start) / 2, layer_gap / 2);
        curve.push_back(point(start + bend, a.position));
        curve.push_back(point(end - bend, b.position));
        curve.push_back(point(end, b.position));
        if (k + 1 == way.size()) break;
        const double past = edge_of(way[k], 1);  // straight across the bend
        curve.push_back(point(end, b.position));
        curve.push_back(point(past, b.position));
        curve.push_back(point(past, b.position));
      }
      layout.links.push_back(std::move(curve));
    }
    return layout;
  }

  const Diagram& diagram_;
  std::vector<Item> items_;                     // the boxes, then the bends
  std::vector<std::vector<std::size_t>> ways_;  // of each link: its boxes, and the bends between
  std::vector<std::vector<std::size_t>> layers_;
  std::vector<std::uint32_t> lanes_;  // the group of each lane
  std::vector<std::size_t> lane_of_;  // of each group
  std::vector<double> lane_start_, lane_end_;
  std::vector<double> middles_;  // of each layer, along the flow
  double size_along_ = 0;
  double size_across_ = 0;
};

}  // namespace

Layout simple_layout(const Diagram& diagram) { return Layered(diagram).run(); }

}  // namespace gradus
