#include "gradus/graph/json_graph.hpp"

#include <fmt/core.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <sstream>

#include "gradus/base/error.hpp"
#include "gradus/graph/fields.hpp"
#include "gradus/io/json.hpp"

namespace gradus {
namespace {

constexpr std::string_view format_name = "gradus graph 1";

std::string json(std::int64_t number) { return std::to_string(number); }
std::string json(double number) {
  const std::string text = exact_text(number);
  return std::isfinite(number) ? text : io::json_quote(text);
}
std::string json(const std::string& text) { return io::json_quote(text); }
template <class T>
std::string json(const std::vector<T>& list) {
  std::string text = "[";
  for (const T& element : list) text += (text.size() > 1 ? ", " : "") + json(element);
  return text + "]";
}

void write_fields(std::ostream& out, const Drawing& drawing, std::size_t at,
                  std::span<const Field> fields) {
  const char* between = "{";
  for (const Field& field : fields) {
    const auto value = field.get(drawing, at);
    if (!value) continue;
    out << between << '"' << field.key
        << "\": " << std::visit([](const auto& v) { return json(v); }, *value);
    between = ", ";
  }
  out << '}';
}

void write_list(std::ostream& out, const Drawing& drawing, std::size_t count,
                std::span<const Field> fields) {
  out << '[';
  for (std::size_t i = 0; i < count; ++i) {
    out << (i == 0 ? "\n    " : ",\n    ");
    write_fields(out, drawing, i, fields);
  }
  out << (count == 0 ? "]" : "\n  ]");
}

double read_number(io::JsonReader& reader) {
  if (!reader.string_is_next()) return reader.number();
  const std::string text = reader.string();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "inf") return infinity;
  if (text == "-inf") return -infinity;
  if (text != "nan") reader.fail("expected a number, \"nan\", \"inf\" or \"-inf\"");
  return std::numeric_limits<double>::quiet_NaN();
}

template <class Element>
auto read_array(io::JsonReader& reader, Element&& element) {
  std::vector<decltype(element())> list;
  reader.array([&] { list.push_back(element()); });
  return list;
}

FieldValue read_value(io::JsonReader& reader, FieldType type) {
  switch (type) {
    case FieldType::integer:
      return reader.integer();
    case FieldType::number:
      return read_number(reader);
    case FieldType::text:
      return reader.string();
    case FieldType::integers:
      return read_array(reader, [&] { return reader.integer(); });
    case FieldType::numbers:
      return read_array(reader, [&] { return read_number(reader); });
    default:
      return read_array(reader, [&] { return reader.string(); });
  }
}

void read_object(io::JsonReader& reader, DrawingReader& drawing, std::span<const Field> fields,
                 std::string_view what) {
  reader.object([&](const std::string& key) {
    const Field& field = find_field(fields, what, key);
    field.set(drawing, read_value(reader, field.type));
  });
}

Drawing read(io::JsonReader& reader) {
  DrawingReader drawing;
  std::string format;
  bool edges = false;
  reader.object([&](const std::string& key) {
    if (key == "format") {
      format = reader.string();
    } else if (key == "title") {
      drawing.drawing.title = text_from_file(reader.string());
    } else if (key == "notes") {
      reader.array([&] { drawing.drawing.notes.push_back(text_from_file(reader.string())); });
    } else if (key == "nodes") {
      if (edges) throw InputError("\"nodes\" must come before \"edges\"");
      reader.array([&] {
        drawing.begin_node();
        read_object(reader, drawing, node_fields(), "field of a node");
        drawing.end_node();
      });
    } else if (key == "edges") {
      edges = true;
      reader.array([&] {
        drawing.begin_edge();
        read_object(reader, drawing, edge_fields(), "field of an edge");
        drawing.end_edge();
      });
    } else {
      constexpr std::string_view known[] = {"format", "title", "notes", "nodes", "edges"};
      throw InputError(unknown_name("part of a graph", text_from_file(key), known));
    }
  });
  reader.end();
  if (format != format_name) {
    throw InputError(fmt::format("\"format\" must be \"{}\"", format_name));
  }
  return drawing.finish();
}

}  // namespace

void write_json(std::ostream& out, const Drawing& drawing) {
  out << "{\n  \"format\": " << json(std::string(format_name));
  out << ",\n  \"title\": " << json(drawing.title);
  out << ",\n  \"notes\": " << json(drawing.notes);
  out << ",\n  \"nodes\": ";
  write_list(out, drawing, drawing.nodes.size(), node_fields());
  out << ",\n  \"edges\": ";
  write_list(out, drawing, drawing.edges.size(), edge_fields());
  out << "\n}\n";
}

std::string to_json(const Drawing& drawing) {
  std::ostringstream out;
  write_json(out, drawing);
  return std::move(out).str();
}

Drawing read_json(std::string_view text) {
  io::JsonReader reader(text);
  return read(reader);
}

}  // namespace gradus
