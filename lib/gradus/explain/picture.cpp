#include "gradus/explain/picture.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "gradus/graph/svg.hpp"
#include "gradus/run/value.hpp"

namespace gradus::explain {
namespace {

constexpr double number_size = 13;
constexpr double wire_height = 38;
constexpr double total_height = 17;
constexpr std::size_t longest_title = 22;

std::string shape_text(const Shape& shape) {
  std::string text;
  for (const Index extent : shape) text += (text.empty() ? "" : "×") + std::to_string(extent);
  return text;
}

/// Numbers with a minus, which is as wide as a plus, instead of a hyphen.
std::string with_minus(std::string text) {
  for (std::size_t at = 0; (at = text.find('-', at)) != std::string::npos;) {
    text.replace(at, 1, "−");
  }
  return text;
}

/// A value as it stands on a wire: a number, or the shape of a tensor.
std::string short_text(const Tensor<double>& x) {
  if (x.elements() != 1) return shape_text(x.shape());
  return with_minus(number_text(x[0], 4));
}

class Picture {
 public:
  explicit Picture(const Walk& walk) : walk_(walk), tape_(walk.result.tape()) {
    for (std::size_t i = 0; i < walk.nodes.size(); ++i) place_of_[walk.nodes[i]] = i;
    forward_.assign(walk.nodes.size(), no_step);
    backward_.assign(walk.nodes.size(), no_step);
    for (std::size_t s = 0; s < walk.steps.size(); ++s) {
      auto& steps = walk.steps[s].phase == Phase::forward ? forward_ : backward_;
      steps[place_of_.at(walk.steps[s].node)] = s;
    }
  }

  std::string draw(const Graphviz& graphviz) {
    collect();
    const Layout layout = lay_out(diagram_, graphviz);
    std::string out;
    const std::size_t forward_steps = static_cast<std::size_t>(
        std::count_if(walk_.steps.begin(), walk_.steps.end(),
                      [](const Step& step) { return step.phase == Phase::forward; }));
    svg::open(out, layout, "The graph of the computation",
              fmt::format("{} nodes and {} wires, from the leaves on the left to the result on the "
                          "right. {} steps compute the values, {} the adjoints.",
                          boxes_.size(), wires_.size() - 1, forward_steps,
                          walk_.steps.size() - forward_steps));
    for (std::size_t w = 0; w < wires_.size(); ++w) wire(out, layout, w);
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      node(out, i, layout.boxes[i]);
    }
    svg::close(out);
    return out;
  }

 private:
  static constexpr std::size_t no_step = ~std::size_t{0};

  /// A wire, and what stands on it. The last one leaves the result, and leads nowhere.
  struct Drawn {
    Wire wire;
    std::string above, below;
  };

  void collect() {
    for (std::size_t i = 0; i < walk_.nodes.size(); ++i) boxes_.push_back(box(i));
    for (std::size_t i = 0; i < walk_.nodes.size(); ++i) {
      const auto operands = tape_.operands(walk_.nodes[i]);
      for (std::uint32_t k = 0; k < operands.size(); ++k) add({operands[k], walk_.nodes[i], k});
    }
    add({walk_.result.id(), no_node, 0});
    diagram_.flow = Diagram::Flow::right;
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      const double more = sums(i) ? 2 * total_height : 0;
      diagram_.boxes.push_back({boxes_[i].width(), boxes_[i].height() + more});
    }
    for (const Drawn& drawn : wires_) {
      const double width = std::max(svg::text_width(drawn.above, number_size),
                                    svg::text_width(drawn.below, number_size));
      const std::size_t label = diagram_.boxes.size();
      diagram_.boxes.push_back({std::max(width + 10, 34.0), wire_height});
      Diagram::Link in{place_of_.at(drawn.wire.from), label};
      in.from_middle = in.to_middle = true;
      diagram_.links.push_back(in);
      if (drawn.wire.to == no_node) continue;
      Diagram::Link on{label, place_of_.at(drawn.wire.to)};
      on.from_middle = true;
      diagram_.links.push_back(on);
    }
  }

  void add(const Wire& wire) {
    const std::size_t from = place_of_.at(wire.from);
    Drawn drawn{wire, short_text(value(Var(tape_, wire.from))), {}};
    if (backward_[from] != no_step) {
      const Step& step = walk_.steps[backward_[from]];
      if (wire.to == no_node) drawn.below = short_text(step.value);
      for (const Share& share : step.shares) {
        if (share.wire.to == wire.to && share.wire.operand == wire.operand) {
          drawn.below = short_text(share.value);
        }
      }
    }
    wires_.push_back(std::move(drawn));
  }

  /// Whether several shares make up an adjoint.
  bool sums(std::size_t i) const {
    return backward_[i] != no_step && walk_.steps[backward_[i]].shares.size() > 1;
  }

  svg::Box box(std::size_t i) const {
    const NodeId id = walk_.nodes[i];
    const Op& op = tape_.op(id);
    const bool number = is_constant(op) && tape_.shape(id).rank() == 0 && tape_.name(id).empty();
    svg::Box box;
    box.id = fmt::format("n{}", id);
    box.title = walk_.symbols[i].text();
    if (number) box.title = with_minus(box.title);
    box.rounded = !is_leaf(op);
    box.doubled = id == walk_.result.id();
    box.css = std::string("node ") + (is_input(op)       ? "input"
                                      : is_parameter(op) ? "parameter"
                                      : is_constant(op)  ? "constant"
                                      : box.doubled      ? "output"
                                                         : "op");
    if (box.title.size() > longest_title) box.title = visible_title(box.title);
    const std::string shape = shape_text(tape_.shape(id));
    if (!number) box.details = {std::string(op.name()) + (shape.empty() ? "" : " " + shape)};
    box.description = forward_[i] == no_step
                          ? fmt::format("constant {}", box.title)
                          : fmt::format("{} ({})", walk_.steps[forward_[i]].title, box.details[0]);
    return box;
  }

  /// Cut after a whole character, with "…".
  static std::string visible_title(std::string text) {
    std::size_t end = longest_title;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "…";
  }

  static void text(std::string& out, std::string_view css, std::size_t step, double x, double y,
                   const std::string& content) {
    const long from = step == no_step ? -1 : static_cast<long>(step);
    out += fmt::format("<text class=\"{}\" data-step=\"{}\" x=\"{}\" y=\"{}\">{}</text>", css, from,
                       svg::number(x), svg::number(y), svg::escape(content));
  }

  void wire(std::string& out, const Layout& layout, std::size_t w) {
    const Drawn& drawn = wires_[w];
    const std::size_t label = boxes_.size() + w;
    const std::size_t from = place_of_.at(drawn.wire.from);
    const Position middle = layout.boxes[label];
    const double end = middle.x + diagram_.boxes[label].width / 2;
    std::string way = svg::path(layout.links[2 * w]);
    way += fmt::format("L{},{}", svg::number(end), svg::number(middle.y));
    if (drawn.wire.to != no_node) {
      const std::string on = svg::path(layout.links[2 * w + 1]);
      way += on.substr(on.find('C'));
    }
    out +=
        fmt::format("<g id=\"{}\" class=\"wire\" data-from=\"{}\" data-to=\"{}\"><path d=\"{}\"/>",
                    drawn.wire.to == no_node ? "result-wire" : wire_id(drawn.wire), drawn.wire.from,
                    drawn.wire.to == no_node ? drawn.wire.from : drawn.wire.to, way);
    text(out, "value", forward_[from], middle.x, middle.y - 6, drawn.above);
    if (!drawn.below.empty()) {
      text(out, "adjoint", backward_[from], middle.x, middle.y + 16, drawn.below);
    }
    out += "</g>\n";
  }

  void node(std::string& out, std::size_t i, Position middle) {
    std::string drawn;
    svg::write(drawn, boxes_[i], middle);
    if (sums(i)) {
      std::string total;
      text(total, "total", backward_[i], 0, boxes_[i].height() / 2 + 14,
           "Σ = " + short_text(walk_.steps[backward_[i]].value));
      drawn.insert(drawn.rfind("</g>"), total);
    }
    out += drawn;
  }

  const Walk& walk_;
  Tape& tape_;
  std::unordered_map<NodeId, std::size_t> place_of_;  // in walk.nodes
  std::vector<std::size_t> forward_, backward_;       // the steps of each place
  std::vector<svg::Box> boxes_;
  std::vector<Drawn> wires_;
  Diagram diagram_;
};

}  // namespace

std::string wire_id(const Wire& wire) { return fmt::format("e{}-{}", wire.to, wire.operand); }

std::string picture(const Walk& walk, const Graphviz& graphviz) {
  return Picture(walk).draw(graphviz);
}

}  // namespace gradus::explain
