/// What a text may be at most. Formulas come from outside: each bound keeps a short hostile text
/// from taking the stack, the memory or the day.
#pragma once

#include <cstddef>

#include "gradus/base/shape.hpp"

namespace gradus::lang {

inline constexpr std::size_t max_text = std::size_t{1} << 20;  ///< bytes
inline constexpr int max_depth = 200;                          ///< brackets and signs in each other
inline constexpr int max_scopes = 16;                          ///< scopes in each other
inline constexpr std::size_t max_name = 64;                    ///< bytes of a name
inline constexpr std::size_t max_nodes = std::size_t{1} << 21;  ///< of the tape
/// Elements of all values that a text starts from: 256 MB in double, of which a few copies are
/// made.
inline constexpr Index max_given = Index{1} << 25;
/// Elements of all values that are computed: 2 GB in double.
inline constexpr Index max_elements = Index{1} << 28;

}  // namespace gradus::lang
