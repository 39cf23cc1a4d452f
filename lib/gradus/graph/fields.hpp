/// What files say of each node and edge of a drawing: one row here for each thing, from which every
/// file format that can be read is written and read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gradus/graph/drawing.hpp"

namespace gradus {

enum class FieldType : std::uint8_t { integer, number, text, integers, numbers, words };

using FieldValue = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>,
                                std::vector<double>, std::vector<std::string>>;

/// A drawing that grows while a file is read.
struct DrawingReader {
  Drawing drawing;
  ScopeTable scopes{drawing};

  /// What is set from now on belongs to one more node, or edge.
  void begin_node();
  void begin_edge();
  /// Checks the node, or edge, that is complete. Throws InputError.
  void end_node();
  void end_edge();
  /// The drawing. Throws InputError if its parts do not fit together.
  Drawing finish();
};

struct Field {
  std::string_view key;
  FieldType type;
  /// Of the node, or edge, at a position; nothing where there is nothing to say.
  std::optional<FieldValue> (*get)(const Drawing& drawing, std::size_t at);
  /// Of the last one. Throws InputError for what cannot be.
  void (*set)(DrawingReader& reader, FieldValue&& value);
};

std::span<const Field> node_fields();
std::span<const Field> edge_fields();

/// The field of this name. Throws InputError with the nearest one.
const Field& find_field(std::span<const Field> fields, std::string_view what, std::string_view key);

/// A number as text that reads back as the same number: "0.1", "nan", "-inf".
std::string exact_text(double number);

/// Text from a file as a drawing holds it: visible, and of bounded length.
std::string text_from_file(std::string_view text);

}  // namespace gradus
