#include "gradus/graph/node_text.hpp"

#include <fmt/core.h>

#include <cmath>
#include <limits>

#include "gradus/base/error.hpp"

namespace gradus {
namespace {

std::string place_text(const DrawnPlace& place) {
  switch (place.kind) {
    case DrawnPlace::Kind::dropped:
      return "dropped: nothing needs it";
    case DrawnPlace::Kind::given:
      return "memory of its own";
    default:
      break;
  }
  std::string text = place.step == 0 ? "put once" : fmt::format("step {}", place.step);
  if (place.elements > 0) text += fmt::format(", memory {}", place.first);
  if (place.elements > 1) text += fmt::format("..{}", place.first + place.elements - 1);
  if (place.kind == DrawnPlace::Kind::passing) text += ", added at once";
  if (place.kind == DrawnPlace::Kind::in_place) text += fmt::format(", over #{}", place.over);
  return text;
}

/// "1 byte", "2,048 bytes".
std::string counted(std::int64_t number, std::string_view what) {
  return fmt::format("{} {}{}", grouped(number), what, number == 1 ? "" : "s");
}

std::string joined(std::initializer_list<std::string> parts, std::string_view between) {
  std::string all;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!all.empty()) all += between;
    all += part;
  }
  return all;
}

/// What came from a file may be of any size.
std::int64_t sum(std::int64_t a, std::int64_t b) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  return a > most - b ? most : a + b;
}

std::string fold_text(const DrawnNode& node) {
  if (node.repeats == 1) {
    return counted(node.count, "node");
  }
  return counted(node.count / node.repeats, "node") + " each";
}

}  // namespace

std::string short_text(double number, int digits) {
  return std::isnan(number) ? "nan" : fmt::format("{:.{}g}", number, digits);
}

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t sign = number < 0 ? 1 : 0;
  for (std::size_t i = text.size(); i > sign + 3;) {
    i -= 3;
    text.insert(i, ",");
  }
  return text;
}

std::string value_text(const DrawnValue& value, const Shape& shape) {
  if (value.elements.empty()) return value.why.empty() ? "empty" : value.why;
  if (shape.rank() == 0) return short_text(value.elements[0], 6);
  if (shape.elements() != static_cast<Index>(value.elements.size())) {
    return fmt::format("min {}, mean {}, max {}", short_text(value.least, 4),
                       short_text(value.mean, 4), short_text(value.greatest, 4));
  }
  std::string text;
  for (std::size_t i = 0; i < value.elements.size(); ++i) {
    // A bracket opens, or closes, for each axis whose block begins, or ends, here.
    std::size_t block = 1;
    std::string open;
    std::string close;
    for (int axis = shape.rank(); axis-- > 0;) {
      block *= static_cast<std::size_t>(shape[axis]);
      if (i % block == 0) open += '[';
      if ((i + 1) % block == 0) close += ']';
    }
    text +=
        fmt::format("{}{}{}{}", i == 0 ? "" : ", ", open, short_text(value.elements[i], 4), close);
  }
  return text;
}

NodeText node_text(const Drawing& drawing, std::size_t node) {
  const DrawnNode& n = drawing.nodes[node];
  NodeText text;
  const std::string id = fmt::format("#{}", n.id);
  const std::string shape = n.shape ? to_string(*n.shape) : "";
  const bool leaf = n.kind != DrawnKind::op;
  const bool number = n.kind == DrawnKind::constant && !n.attributes.empty();
  if (n.kind == DrawnKind::fold) {
    text.head = n.name.empty() ? "scope" : n.name;
    if (n.repeats > 1) text.head += fmt::format(" ×{}", n.repeats);
    text.detail = fold_text(n);
  } else if (!n.name.empty()) {
    text.head = n.name;
    const std::string how = n.kind == DrawnKind::constant ? number ? n.attributes : "constant"
                            : leaf                        ? ""
                                                          : joined({n.op, n.attributes}, " ");
    text.detail = joined({how, n.given_name ? "" : id, shape}, " ");
  } else if (number) {
    text.head = n.attributes;
    text.detail = shape;
  } else {
    text.head = n.op;
    text.attributes = n.attributes;
    text.id = id;
    text.detail = shape;
  }
  if (n.adjoint != n.name) text.adjoint = n.adjoint;

  const Shape& of = n.shape ? *n.shape : Shape{};
  const bool said = number && !drawing.values.empty();  // a constant says its number anyway
  if (!drawing.values.empty() && n.kind != DrawnKind::fold && !said) {
    const DrawnValue& value = drawing.values[node];
    const bool known = !value.elements.empty() && value.elements.size() <= DrawnValue::most_shown;
    const bool all = known && of.elements() <= static_cast<Index>(DrawnValue::most_shown);
    text.facts.push_back((all ? "= " : "") + value_text(value, of));
  }
  if (!drawing.adjoints.empty() && n.kind != DrawnKind::fold && !n.backward) {
    text.facts.push_back("adjoint " + value_text(drawing.adjoints[node], of));
  }
  if (!drawing.costs.empty()) {
    const DrawnCost& cost = drawing.costs[node];
    const std::string flops = cost.flops == 0 ? "" : counted(cost.flops, "FLOP");
    text.facts.push_back(joined({flops, counted(cost.bytes, "byte")}, ", "));
  }
  if (!drawing.places.empty() && n.kind != DrawnKind::fold) {
    text.facts.push_back(place_text(drawing.places[node]));
  }
  return text;
}

std::string edge_text(const DrawnEdge& edge) {
  return joined({edge.role, edge.count > 1 ? fmt::format("×{}", edge.count) : "", edge.label},
                ", ");
}

std::vector<std::string> notes(const Drawing& drawing) {
  std::vector<std::string> all = drawing.notes;
  if (!drawing.costs.empty()) {
    DrawnCost total;
    for (const DrawnCost& cost : drawing.costs) {
      total.flops = sum(total.flops, cost.flops);
      total.bytes = sum(total.bytes, cost.bytes);
    }
    all.push_back(fmt::format("In total {}, and {} of values.", counted(total.flops, "FLOP"),
                              counted(total.bytes, "byte")));
  }
  return all;
}

}  // namespace gradus
