#include "gradus/base/element.hpp"

#include <fmt/core.h>

#include <charconv>
#include <vector>

#include "gradus/base/error.hpp"

namespace gradus {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// "3, 7" -> {3, 7}.
std::vector<Index> read_index(const ElementText& element) {
  std::vector<Index> index;
  if (!element.index) return index;
  std::string_view rest = *element.index;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view number = trimmed(rest.substr(0, comma));
    Index at = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), at);
    if (error != std::errc{} || end != number.data() + number.size()) {
      throw InputError(fmt::format("element '{}': '{}' is no index, which is a whole number",
                                   element.text, number));
    }
    index.push_back(at);
    if (comma == std::string_view::npos) return index;
    rest.remove_prefix(comma + 1);
  }
}

/// "0,0": an index of this rank.
std::string first_index(int rank) {
  std::string text;
  for (int axis = 0; axis < rank; ++axis) text += axis == 0 ? "0" : ",0";
  return text;
}

}  // namespace

ElementText split_element(std::string_view text) {
  const std::string_view all = trimmed(text);
  ElementText element{std::string(all), std::string(all), std::nullopt};
  if (all.empty() || all.back() != ']') return element;
  const std::size_t open = all.rfind('[');
  if (open == std::string_view::npos) {
    throw InputError(fmt::format("element '{}': a ] without a [; write it as W[3,7]", all));
  }
  element.name = trimmed(all.substr(0, open));
  element.index = all.substr(open + 1, all.size() - open - 2);
  return element;
}

Index position_of(const ElementText& element, const Shape& shape) {
  const std::vector<Index> index = read_index(element);
  if (static_cast<int>(index.size()) != shape.rank()) {
    throw InputError(
        shape.rank() == 0
            ? fmt::format("element '{}': {} is a single number and has no index", element.text,
                          element.name)
            : fmt::format("element '{}': {} has shape {}, so it takes {} {}, as in {}[{}]",
                          element.text, element.name, to_string(shape), shape.rank(),
                          shape.rank() == 1 ? "index" : "indices", element.name,
                          first_index(shape.rank())));
  }
  Index position = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const Index at = index[static_cast<std::size_t>(axis)];
    const Index extent = shape[axis];
    if (at < -extent || at >= extent) {
      throw InputError(
          extent == 0
              ? fmt::format("element '{}': {} has shape {}: there are no elements", element.text,
                            element.name, to_string(shape))
              : fmt::format("element '{}': {} has shape {}, so index {} is 0 to {}, not {}",
                            element.text, element.name, to_string(shape), axis, extent - 1, at));
    }
    position = position * extent + (at < 0 ? at + extent : at);
  }
  return position;
}

}  // namespace gradus
