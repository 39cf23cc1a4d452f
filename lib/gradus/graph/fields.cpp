#include "gradus/graph/fields.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "gradus/base/error.hpp"
#include "gradus/base/named.hpp"
#include "gradus/graph/dot_text.hpp"

namespace gradus {
namespace {

using Maybe = std::optional<FieldValue>;

template <class Enum>
struct Name {
  constexpr Name(std::string_view of, Enum is) : name(of), value(is) {}  // clang 14 deduces by it
  std::string_view name;
  Enum value;
};
constexpr std::array kinds{Name{"input", DrawnKind::input}, Name{"parameter", DrawnKind::parameter},
                           Name{"constant", DrawnKind::constant}, Name{"op", DrawnKind::op},
                           Name{"fold", DrawnKind::fold}};
constexpr std::array flows{Name{"forward", DrawnFlow::forward},
                           Name{"backward", DrawnFlow::backward}, Name{"across", DrawnFlow::across},
                           Name{"update", DrawnFlow::update}};
constexpr std::array places{
    Name{"dropped", DrawnPlace::Kind::dropped}, Name{"given", DrawnPlace::Kind::given},
    Name{"computed", DrawnPlace::Kind::computed}, Name{"in place", DrawnPlace::Kind::in_place},
    Name{"passing", DrawnPlace::Kind::passing}};
constexpr std::array flags{Name{"output", &DrawnNode::output}, Name{"updated", &DrawnNode::updated},
                           Name{"derivative", &DrawnNode::derivative},
                           Name{"backward", &DrawnNode::backward}};

template <class Enum, std::size_t n>
std::string name_of(const std::array<Name<Enum>, n>& names, Enum value) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const auto& name) { return name.value == value; });
  return std::string(found->name);
}

template <class Enum, std::size_t n>
Enum named(std::string_view what, const std::array<Name<Enum>, n>& names, const FieldValue& value) {
  return find_named<Name<Enum>>(what, std::get<std::string>(value), names).value;
}

Maybe some(const std::string& text) { return text.empty() ? Maybe() : Maybe(text); }
Maybe whole(std::int64_t number) { return FieldValue(number); }
Maybe over(std::int64_t number, std::int64_t usual) {
  return number == usual ? Maybe() : whole(number);
}

std::string text(const FieldValue& value) { return text_from_file(std::get<std::string>(value)); }

template <class T>
T integer(std::string_view what, const FieldValue& value, T least = 0) {
  const std::int64_t number = std::get<std::int64_t>(value);
  if (number < static_cast<std::int64_t>(least) ||
      (sizeof(T) < 8 && number > static_cast<std::int64_t>(std::numeric_limits<T>::max()))) {
    throw InputError(fmt::format("{} is {}: it must be a whole number from {}", what, number,
                                 static_cast<std::int64_t>(least)));
  }
  return static_cast<T>(number);
}

DrawnNode& node(DrawingReader& reader) { return reader.drawing.nodes.back(); }
DrawnEdge& edge(DrawingReader& reader) { return reader.drawing.edges.back(); }

/// The entry of the last node in a table that not every drawing has.
template <class T>
T& entry(std::vector<T>& table, const DrawingReader& reader) {
  table.resize(reader.drawing.nodes.size());
  return table.back();
}

/// The fields of one of the tables of values.
template <std::vector<DrawnValue> Drawing::*table>
struct ValueFields {
  static const DrawnValue* of(const Drawing& d, std::size_t i) {
    return (d.*table).empty() ? nullptr : &(d.*table)[i];
  }
  template <double DrawnValue::*member>
  static Maybe get_number(const Drawing& d, std::size_t i) {
    const DrawnValue* value = of(d, i);
    const auto& shape = d.nodes[i].shape;
    const bool some_hidden =
        value && shape && shape->elements() > static_cast<Index>(value->elements.size());
    return some_hidden && !value->elements.empty() ? Maybe(value->*member) : Maybe();
  }
  template <double DrawnValue::*member>
  static void set_number(DrawingReader& r, FieldValue&& v) {
    entry(r.drawing.*table, r).*member = std::get<double>(v);
  }
  static Maybe get_elements(const Drawing& d, std::size_t i) {
    const DrawnValue* value = of(d, i);
    return value && !value->elements.empty() ? Maybe(value->elements) : Maybe();
  }
  static void set_elements(DrawingReader& r, FieldValue&& v) {
    auto& elements = std::get<std::vector<double>>(v);
    if (elements.size() > DrawnValue::most_shown) {
      throw InputError(fmt::format("{} elements of a value: {} are shown at most", elements.size(),
                                   DrawnValue::most_shown));
    }
    entry(r.drawing.*table, r).elements = std::move(elements);
  }
  static Maybe get_why(const Drawing& d, std::size_t i) {
    const DrawnValue* value = of(d, i);
    return value ? some(value->why) : Maybe();
  }
  static void set_why(DrawingReader& r, FieldValue&& v) {
    entry(r.drawing.*table, r).why = text(v);
  }
};
using Values = ValueFields<&Drawing::values>;
using Adjoints = ValueFields<&Drawing::adjoints>;

const DrawnCost* cost(const Drawing& d, std::size_t i) {
  return d.costs.empty() ? nullptr : &d.costs[i];
}
const DrawnPlace* place(const Drawing& d, std::size_t i) {
  return d.places.empty() || d.nodes[i].kind == DrawnKind::fold ? nullptr : &d.places[i];
}
DrawnPlace& place(DrawingReader& r) { return entry(r.drawing.places, r); }

using D = const Drawing&;
using I = std::size_t;
using R = DrawingReader&;
using V = FieldValue&&;

constexpr Field of_nodes[] = {
    {"id", FieldType::integer, [](D d, I i) { return whole(d.nodes[i].id); },
     [](R r, V v) { node(r).id = integer<NodeId>("a node's id", v); }},
    {"kind", FieldType::text, [](D d, I i) { return Maybe(name_of(kinds, d.nodes[i].kind)); },
     [](R r, V v) { node(r).kind = named("kind of node", kinds, v); }},
    {"name", FieldType::text,
     [](D d, I i) { return d.nodes[i].given_name ? some(d.nodes[i].name) : Maybe(); },
     [](R r, V v) {
       node(r).name = text(v);
       node(r).given_name = true;
     }},
    {"called", FieldType::text,
     [](D d, I i) { return d.nodes[i].given_name ? Maybe() : some(d.nodes[i].name); },
     [](R r, V v) { node(r).name = text(v); }},
    {"op", FieldType::text, [](D d, I i) { return some(d.nodes[i].op); },
     [](R r, V v) { node(r).op = text(v); }},
    {"attributes", FieldType::text, [](D d, I i) { return some(d.nodes[i].attributes); },
     [](R r, V v) { node(r).attributes = text(v); }},
    {"shape", FieldType::integers,
     [](D d, I i) {
       const auto& shape = d.nodes[i].shape;
       return shape ? Maybe(std::vector<std::int64_t>(shape->begin(), shape->end())) : Maybe();
     },
     [](R r, V v) {
       try {
         node(r).shape = Shape(std::get<std::vector<std::int64_t>>(v));
       } catch (const ShapeError& error) {
         throw InputError(error.what());
       }
     }},
    {"scope", FieldType::text, [](D d, I i) { return some(scope_path(d, d.nodes[i].scope)); },
     [](R r, V v) { node(r).scope = r.scopes.at(text(v)); }},
    {"is", FieldType::words,
     [](D d, I i) {
       std::vector<std::string> words;
       for (const auto& flag : flags) {
         if (d.nodes[i].*flag.value) words.emplace_back(flag.name);
       }
       return words.empty() ? Maybe() : Maybe(words);
     },
     [](R r, V v) {
       for (const std::string& word : std::get<std::vector<std::string>>(v)) {
         node(r).*(named("word of a node", flags, word)) = true;
       }
     }},
    {"nodes", FieldType::integer, [](D d, I i) { return over(d.nodes[i].count, 1); },
     [](R r, V v) { node(r).count = integer<std::uint32_t>("a count of nodes", v, 1); }},
    {"repeats", FieldType::integer, [](D d, I i) { return over(d.nodes[i].repeats, 1); },
     [](R r, V v) { node(r).repeats = integer<std::uint32_t>("a count of repeats", v, 1); }},
    {"adjoint", FieldType::text, [](D d, I i) { return some(d.nodes[i].adjoint); },
     [](R r, V v) { node(r).adjoint = text(v); }},
    {"operands", FieldType::words,
     [](D d, I i) { return d.nodes[i].operands.empty() ? Maybe() : Maybe(d.nodes[i].operands); },
     [](R r, V v) {
       for (const std::string& name : std::get<std::vector<std::string>>(v)) {
         node(r).operands.push_back(text_from_file(name));
       }
     }},
    {"value", FieldType::numbers, Values::get_elements, Values::set_elements},
    {"min", FieldType::number, Values::get_number<&DrawnValue::least>,
     Values::set_number<&DrawnValue::least>},
    {"mean", FieldType::number, Values::get_number<&DrawnValue::mean>,
     Values::set_number<&DrawnValue::mean>},
    {"max", FieldType::number, Values::get_number<&DrawnValue::greatest>,
     Values::set_number<&DrawnValue::greatest>},
    {"no_value", FieldType::text, Values::get_why, Values::set_why},
    {"gradient", FieldType::numbers, Adjoints::get_elements, Adjoints::set_elements},
    {"gradient_min", FieldType::number, Adjoints::get_number<&DrawnValue::least>,
     Adjoints::set_number<&DrawnValue::least>},
    {"gradient_mean", FieldType::number, Adjoints::get_number<&DrawnValue::mean>,
     Adjoints::set_number<&DrawnValue::mean>},
    {"gradient_max", FieldType::number, Adjoints::get_number<&DrawnValue::greatest>,
     Adjoints::set_number<&DrawnValue::greatest>},
    {"no_gradient", FieldType::text, Adjoints::get_why, Adjoints::set_why},
    {"flops", FieldType::integer,
     [](D d, I i) { return cost(d, i) ? whole(cost(d, i)->flops) : Maybe(); },
     [](R r, V v) { entry(r.drawing.costs, r).flops = integer<std::int64_t>("flops", v); }},
    {"bytes", FieldType::integer,
     [](D d, I i) { return cost(d, i) ? whole(cost(d, i)->bytes) : Maybe(); },
     [](R r, V v) { entry(r.drawing.costs, r).bytes = integer<std::int64_t>("bytes", v); }},
    {"place", FieldType::text,
     [](D d, I i) { return place(d, i) ? Maybe(name_of(places, place(d, i)->kind)) : Maybe(); },
     [](R r, V v) { place(r).kind = named("place", places, v); }},
    {"step", FieldType::integer,
     [](D d, I i) { return place(d, i) ? over(place(d, i)->step, 0) : Maybe(); },
     [](R r, V v) { place(r).step = integer<std::uint32_t>("a step", v); }},
    {"memory", FieldType::integers,
     [](D d, I i) {
       const DrawnPlace* p = place(d, i);
       return p && (p->elements != 0 || p->first != 0)
                  ? Maybe(std::vector<std::int64_t>{p->first, p->elements})
                  : Maybe();
     },
     [](R r, V v) {
       const auto& memory = std::get<std::vector<std::int64_t>>(v);
       constexpr std::int64_t most = Shape::max_elements;  // so that their sum is a number, too
       if (memory.size() != 2 || memory[0] < 0 || memory[1] < 0 || memory[0] > most ||
           memory[1] > most) {
         throw InputError("memory must be two whole numbers: where it begins, and how many");
       }
       place(r).first = memory[0];
       place(r).elements = memory[1];
     }},
    {"over", FieldType::integer,
     [](D d, I i) { return place(d, i) ? over(place(d, i)->over, no_node) : Maybe(); },
     [](R r, V v) { place(r).over = integer<NodeId>("a node's id", v); }},
};

std::uint32_t position(DrawingReader& reader, FieldValue&& value) {
  const NodeId id = integer<NodeId>("a node's id", value);
  const auto& nodes = reader.drawing.nodes;
  const auto found = std::lower_bound(nodes.begin(), nodes.end(), id,
                                      [](const DrawnNode& n, NodeId of) { return n.id < of; });
  if (found == nodes.end() || found->id != id) {
    throw InputError(fmt::format("an edge has an end at {}, which is no node", id));
  }
  return static_cast<std::uint32_t>(found - nodes.begin());
}

constexpr Field of_edges[] = {
    {"from", FieldType::integer, [](D d, I i) { return whole(d.nodes[d.edges[i].from].id); },
     [](R r, V v) { edge(r).from = position(r, std::move(v)); }},
    {"to", FieldType::integer, [](D d, I i) { return whole(d.nodes[d.edges[i].to].id); },
     [](R r, V v) { edge(r).to = position(r, std::move(v)); }},
    {"operand", FieldType::integer, [](D d, I i) { return over(d.edges[i].operand, 0); },
     [](R r, V v) { edge(r).operand = integer<std::uint32_t>("a position", v); }},
    {"edges", FieldType::integer, [](D d, I i) { return over(d.edges[i].count, 1); },
     [](R r, V v) { edge(r).count = integer<std::uint32_t>("a count of edges", v, 1); }},
    {"flow", FieldType::text,
     [](D d, I i) {
       const DrawnFlow flow = d.edges[i].flow;
       return flow == DrawnFlow::forward ? Maybe() : Maybe(name_of(flows, flow));
     },
     [](R r, V v) { edge(r).flow = named("flow", flows, v); }},
    {"role", FieldType::text, [](D d, I i) { return some(d.edges[i].role); },
     [](R r, V v) { edge(r).role = text(v); }},
    {"number", FieldType::number,
     [](D d, I i) { return d.edges[i].number ? Maybe(*d.edges[i].number) : Maybe(); },
     [](R r, V v) { edge(r).number = std::get<double>(v); }},
    {"label", FieldType::text, [](D d, I i) { return some(d.edges[i].label); },
     [](R r, V v) { edge(r).label = text(v); }},
};

}  // namespace

void DrawingReader::begin_node() { drawing.nodes.emplace_back(); }
void DrawingReader::begin_edge() {
  // Positions that no node has, until they are set.
  drawing.edges.push_back({.from = no_node, .to = no_node});
}

void DrawingReader::end_node() {
  const auto& nodes = drawing.nodes;
  if (nodes.back().id == no_node) throw InputError("a node has no id");
  if (nodes.size() > 1 && nodes[nodes.size() - 2].id >= nodes.back().id) {
    throw InputError(fmt::format("node {} follows node {}: ids must rise", nodes.back().id,
                                 nodes[nodes.size() - 2].id));
  }
}

void DrawingReader::end_edge() {
  if (drawing.edges.back().from == no_node || drawing.edges.back().to == no_node) {
    throw InputError("an edge needs both its ends: from and to");
  }
}

Drawing DrawingReader::finish() {
  const auto complete = [&](auto& table) {
    if (!table.empty()) table.resize(drawing.nodes.size());
  };
  complete(drawing.values);
  complete(drawing.adjoints);
  complete(drawing.costs);
  complete(drawing.places);
  return std::move(drawing);
}

std::span<const Field> node_fields() { return of_nodes; }
std::span<const Field> edge_fields() { return of_edges; }

const Field& find_field(std::span<const Field> fields, std::string_view what,
                        std::string_view key) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.key == key; });
  if (found != fields.end()) return *found;
  std::vector<std::string_view> known;
  for (const Field& field : fields) known.push_back(field.key);
  throw InputError(unknown_name(what, visible(key), known));
}

std::string exact_text(double number) {
  return std::isnan(number) ? "nan" : fmt::format("{}", number);
}

std::string text_from_file(std::string_view text) { return visible(text, 2000); }

}  // namespace gradus
