/// One element of a tensor, as people write it: "W[3,7]".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gradus/base/shape.hpp"

namespace gradus {

struct ElementText {
  std::string text;                  ///< "W[3,7]"
  std::string name;                  ///< "W"
  std::optional<std::string> index;  ///< "3,7"; nothing where there are no brackets
};

/// Takes the parts of "W[3,7]" or "x" apart. Throws InputError for a ] without a [.
ElementText split_element(std::string_view text);

/// The row-major position of the element in a tensor of this shape. An index counts from the end
/// when it is negative; a single number takes none. Throws InputError that says what is possible.
Index position_of(const ElementText& element, const Shape& shape);

}  // namespace gradus
