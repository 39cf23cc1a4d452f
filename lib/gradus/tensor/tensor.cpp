#include "gradus/tensor/tensor.hpp"

#include <fmt/core.h>

#include <iterator>

namespace gradus {

std::string to_string(const Tensor<double>& tensor, int digits) {
  const Shape& shape = tensor.shape();
  if (tensor.elements() == 0) return fmt::format("zeros{}", to_string(shape));
  const auto stride = strides(shape);
  std::string text;
  for (Index i = 0; i < tensor.elements(); ++i) {
    int opened = 0;  // a bracket opens on every axis whose inner block begins here
    for (int axis = 0; axis < shape.rank(); ++axis) {
      opened += i % (stride[static_cast<std::size_t>(axis)] * shape[axis]) == 0;
    }
    if (i > 0)
      text += opened > 0 ? std::string(static_cast<std::size_t>(opened), ']') + ", " : ", ";
    text.append(static_cast<std::size_t>(opened), '[');
    text += fmt::format("{:.{}g}", tensor[i], digits);
  }
  text.append(static_cast<std::size_t>(shape.rank()), ']');
  return text;
}

}  // namespace gradus
