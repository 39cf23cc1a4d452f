#include "table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "gradus/base/join.hpp"

namespace gradus::tools {
namespace {

/// Columns of a terminal; names may be of any script. (Wide characters count as one, as fmt pads.)
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  }));
}

std::string padded(const std::string& text, std::size_t columns, bool right) {
  const std::string space(columns - std::min(columns, width(text)), ' ');
  return right ? space + text : text + space;
}

/// "[1, 0]": the index of a row in the axes before the last one.
std::string row_index(const Shape& shape, Index row) {
  std::vector<Index> index;
  for (int axis = shape.rank() - 2; axis >= 0; --axis) {
    index.insert(index.begin(), row % shape[axis]);
    row /= shape[axis];
  }
  return fmt::format("[{}]", join(index, ", "));
}

std::string joined(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                   bool right) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += (i > 0 ? "  " : "") + padded(cells[i], widths[i], right);
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::vector<std::size_t> widths_of(const std::vector<std::vector<std::string>>& lines) {
  std::vector<std::size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  return widths;
}

}  // namespace

std::string number_text(double x, int digits) {
  return std::isnan(x) ? "nan" : fmt::format("{:.{}g}", x + 0.0, digits);  // + 0.0: no "-0"
}

std::vector<std::string> corner(const Tensor<double>& x, Corner most) {
  const Shape& shape = x.shape();
  if (x.elements() == 0) return {"no elements"};
  if (x.elements() == 1) return {number_text(x[0])};
  const Index columns = shape[shape.rank() - 1];
  const Index rows = x.elements() / columns;
  const auto kept = [](Index all, Index limit) { return all > limit ? limit - 1 : all; };
  std::vector<std::vector<std::string>> lines;
  for (Index row = 0; row < kept(rows, most.rows); ++row) {
    std::vector<std::string>& line = lines.emplace_back();
    if (shape.rank() > 2) line.push_back(row_index(shape, row));
    for (Index column = 0; column < kept(columns, most.columns); ++column) {
      line.push_back(number_text(x[row * columns + column], 4));
    }
    if (columns > most.columns) line.emplace_back("...");
  }
  const std::vector<std::size_t> widths = widths_of(lines);
  std::vector<std::string> result;
  for (const auto& line : lines) result.push_back(joined(line, widths, true));
  if (rows > most.rows) result.emplace_back("...");
  return result;
}

std::string to_string(const Table& table) {
  std::vector<std::vector<std::string>> lines{table.headings_};
  for (const auto& row : table.rows_) {
    std::size_t height = 0;
    for (const Table::Cell& cell : row) height = std::max(height, cell.size());
    for (std::size_t i = 0; i < height; ++i) {
      std::vector<std::string>& line = lines.emplace_back();
      for (const Table::Cell& cell : row) line.push_back(i < cell.size() ? cell[i] : "");
    }
  }
  const std::vector<std::size_t> widths = widths_of(lines);
  std::string text;
  for (const auto& line : lines) text += joined(line, widths, false) + "\n";
  return text;
}

}  // namespace gradus::tools
