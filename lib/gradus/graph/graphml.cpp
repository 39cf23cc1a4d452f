#include "gradus/graph/graphml.hpp"

#include <fmt/core.h>

#include <charconv>
#include <ostream>
#include <sstream>

#include "gradus/base/error.hpp"
#include "gradus/graph/fields.hpp"
#include "gradus/io/xml.hpp"

namespace gradus {
namespace {

std::string plain(std::int64_t number) { return std::to_string(number); }
std::string plain(double number) { return exact_text(number); }
std::string plain(const std::string& text) { return text; }
template <class T>
std::string plain(const std::vector<T>& list) {
  std::string text;
  for (const T& element : list) text += (text.empty() ? "" : " ") + plain(element);
  return text;
}

/// The number of a node stands in its id, and those of an edge's ends in its source and target.
bool in_attribute(const Field& field) {
  return field.key == "id" || field.key == "from" || field.key == "to";
}

std::string_view type_name(FieldType type) {
  switch (type) {
    case FieldType::integer:
      return "long";
    case FieldType::number:
      return "double";
    default:
      return "string";
  }
}

void write_keys(std::ostream& out, std::string_view what, std::span<const Field> fields) {
  for (const Field& field : fields) {
    if (in_attribute(field)) continue;
    out << fmt::format("  <key id=\"{0}.{1}\" for=\"{0}\" attr.name=\"{1}\" attr.type=\"{2}\"/>\n",
                       what, field.key, type_name(field.type));
  }
}

void write_data(std::ostream& out, const Drawing& drawing, std::size_t at, std::string_view what,
                std::span<const Field> fields) {
  for (const Field& field : fields) {
    if (in_attribute(field)) continue;
    const auto value = field.get(drawing, at);
    if (!value) continue;
    const std::string text = std::visit([](const auto& v) { return plain(v); }, *value);
    out << fmt::format("<data key=\"{}.{}\">{}</data>", what, field.key, io::xml_quote(text));
  }
}

template <class T>
T read_plain(const io::XmlReader& xml, std::string_view text) {
  T value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
    xml.fail(
        fmt::format("'{}' is not a number that fits here", text_from_file(text.substr(0, 60))));
  }
  return value;
}

/// What stands between single spaces.
template <class Element>
auto split(std::string_view text, Element&& element) {
  std::vector<decltype(element(text))> list;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    list.push_back(element(text.substr(0, space)));
    text.remove_prefix(space == text.npos ? text.size() : space + 1);
  }
  return list;
}

FieldValue read_value(const io::XmlReader& xml, FieldType type, std::string text) {
  switch (type) {
    case FieldType::integer:
      return read_plain<std::int64_t>(xml, text);
    case FieldType::number:
      return read_plain<double>(xml, text);
    case FieldType::text:
      return text;
    case FieldType::integers:
      return split(text, [&](std::string_view t) { return read_plain<std::int64_t>(xml, t); });
    case FieldType::numbers:
      return split(text, [&](std::string_view t) { return read_plain<double>(xml, t); });
    default:
      return split(text, [](std::string_view t) { return std::string(t); });
  }
}

class Reader {
 public:
  explicit Reader(std::string_view text) : xml_(text) {}

  Drawing read() {
    io::XmlReader::Attributes attributes;
    xml_.expect("graphml", attributes);
    while (xml_.open("key", attributes)) xml_.close("key");  // the fields are known
    xml_.expect("graph", attributes);
    while (xml_.open("data", attributes)) {
      const std::string& key = attributes["key"];
      std::string text = text_from_file(xml_.text());
      if (key == "graph.title") {
        reader_.drawing.title = std::move(text);
      } else if (key == "graph.note") {
        reader_.drawing.notes.push_back(std::move(text));
      } else {
        xml_.fail("only graph.title and graph.note are data of a graph");
      }
      xml_.close("data");
    }
    while (xml_.open("node", attributes)) {
      reader_.begin_node();
      set(node_fields(), "id", attributes["id"]);
      read_data("node", node_fields());
      reader_.end_node();
    }
    while (xml_.open("edge", attributes)) {
      reader_.begin_edge();
      set(edge_fields(), "from", attributes["source"]);
      set(edge_fields(), "to", attributes["target"]);
      read_data("edge", edge_fields());
      reader_.end_edge();
    }
    xml_.close("graph");
    xml_.close("graphml");
    xml_.end();
    return reader_.finish();
  }

 private:
  /// "n7" -> 7
  void set(std::span<const Field> fields, std::string_view key, const std::string& text) {
    if (text.empty() || text[0] != 'n') xml_.fail("a node is called n and its number, as in n7");
    const Field& field = find_field(fields, "field", key);
    field.set(reader_, read_plain<std::int64_t>(xml_, std::string_view(text).substr(1)));
  }

  void read_data(std::string_view element, std::span<const Field> fields) {
    io::XmlReader::Attributes attributes;
    const std::string prefix = fmt::format("{}.", element);
    std::vector<const Field*> seen;
    while (xml_.open("data", attributes)) {
      const std::string& key = attributes["key"];
      if (key.rfind(prefix, 0) != 0) xml_.fail(fmt::format("expected a key {}...", prefix));
      const Field& field = find_field(fields, "field", std::string_view(key).substr(prefix.size()));
      if (in_attribute(field)) xml_.fail("the ends of an edge and a node's id are attributes");
      for (const Field* before : seen) {
        if (before == &field) xml_.fail(fmt::format("{} comes twice", field.key));
      }
      seen.push_back(&field);
      field.set(reader_, read_value(xml_, field.type, xml_.text()));
      xml_.close("data");
    }
    xml_.close(element);
  }

  io::XmlReader xml_;
  DrawingReader reader_;
};

}  // namespace

void write_graphml(std::ostream& out, const Drawing& drawing) {
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
         "  <key id=\"graph.title\" for=\"graph\" attr.name=\"title\" attr.type=\"string\"/>\n"
         "  <key id=\"graph.note\" for=\"graph\" attr.name=\"note\" attr.type=\"string\"/>\n";
  write_keys(out, "node", node_fields());
  write_keys(out, "edge", edge_fields());
  out << "  <graph id=\"gradus\" edgedefault=\"directed\">\n";
  if (!drawing.title.empty()) {
    out << "    <data key=\"graph.title\">" << io::xml_quote(drawing.title) << "</data>\n";
  }
  for (const std::string& note : drawing.notes) {
    out << "    <data key=\"graph.note\">" << io::xml_quote(note) << "</data>\n";
  }
  for (std::size_t i = 0; i < drawing.nodes.size(); ++i) {
    out << fmt::format("    <node id=\"n{}\">", drawing.nodes[i].id);
    write_data(out, drawing, i, "node", node_fields());
    out << "</node>\n";
  }
  for (std::size_t i = 0; i < drawing.edges.size(); ++i) {
    const DrawnEdge& e = drawing.edges[i];
    out << fmt::format("    <edge source=\"n{}\" target=\"n{}\">", drawing.nodes[e.from].id,
                       drawing.nodes[e.to].id);
    write_data(out, drawing, i, "edge", edge_fields());
    out << "</edge>\n";
  }
  out << "  </graph>\n</graphml>\n";
}

std::string to_graphml(const Drawing& drawing) {
  std::ostringstream out;
  write_graphml(out, drawing);
  return std::move(out).str();
}

Drawing read_graphml(std::string_view text) { return Reader(text).read(); }

}  // namespace gradus
