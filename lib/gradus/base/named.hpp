/// Things that people choose by name from a list.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/base/error.hpp"
#include "gradus/base/join.hpp"

namespace gradus {

template <class T>
std::vector<std::string_view> names_of(std::span<const T> known) {
  std::vector<std::string_view> names;
  for (const T& thing : known) names.push_back(thing.name);
  return names;
}

/// The member of `known` whose `name` is `name`. Throws InputError that lists the known names and
/// the nearest one; `what` says what kind of thing is looked for.
template <class T>
const T& find_named(std::string_view what, std::string_view name, std::span<const T> known) {
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const T& thing) { return thing.name == name; });
  if (found != known.end()) return *found;
  throw InputError(unknown_name(what, name, names_of(known)));
}

/// The names of all of them: "relu, sigmoid, tanh".
template <class T>
std::string list_names(std::span<const T> known) {
  return join(names_of(known), ", ");
}

/// The same as find_named for things that are nothing but their name: `name`, if it is one of
/// `known`.
inline std::string_view find_word(std::string_view what, std::string_view name,
                                  std::span<const std::string_view> known) {
  const auto found = std::find(known.begin(), known.end(), name);
  if (found != known.end()) return *found;
  throw InputError(unknown_name(what, name, known));
}

}  // namespace gradus
