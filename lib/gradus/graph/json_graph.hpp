/// Drawings as JSON, for programs.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "gradus/graph/drawing.hpp"

namespace gradus {

/// An object with "format", "title", "notes", and the lists "nodes" and "edges": an object in a
/// line for each, with what stands in fields.cpp; what is empty is left out. Numbers have the
/// digits that give the same double again; those that JSON does not have are the strings "nan",
/// "inf", "-inf". Equal drawings give equal bytes.
void write_json(std::ostream& out, const Drawing& drawing);
std::string to_json(const Drawing& drawing);

/// Reads what `write_json` wrote: writing it again gives the same bytes. Throws InputError that
/// says where and what is wrong for any other text.
Drawing read_json(std::string_view text);

}  // namespace gradus
