/// Values as people read them: a corner of a tensor, and tables.
#pragma once

#include <string>
#include <vector>

#include "gradus/tensor/tensor.hpp"

namespace gradus::tools {

/// How much of a tensor is shown.
struct Corner {
  Index rows = 5;
  Index columns = 4;
};

/// Up to so many significant digits; NaN has no sign.
std::string number_text(double x, int digits = 6);

/// The lines of a tensor's first rows and columns, with "..." for what is left out. A vector is one
/// row; of rank 3 and 4, each row has its index before it. Six significant digits for a single
/// number, four for others.
std::vector<std::string> corner(const Tensor<double>& x, Corner most = {});

/// Columns under headings. A cell may have several lines.
class Table {
 public:
  using Cell = std::vector<std::string>;
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  /// A cell for each heading.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }

 private:
  friend std::string to_string(const Table& table);
  std::vector<std::string> headings_;
  std::vector<std::vector<Cell>> rows_;
};

/// Each line ends with a newline, and none with a space.
std::string to_string(const Table& table);

}  // namespace gradus::tools
