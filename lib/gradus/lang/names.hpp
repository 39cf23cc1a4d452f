/// What each name of a text means. Found before anything is recorded, so that free names are known,
/// and stand first on the tape.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gradus/lang/source_text.hpp"
#include "gradus/lang/syntax.hpp"

namespace gradus::lang {

/// The meaning of an expression that is a name.
struct Reference {
  enum class Kind { declared, free, constant };
  Kind kind = Kind::constant;
  std::size_t index = 0;        ///< into `declarations` or `free`
  std::optional<double> value;  ///< of a constant; none for `none`
  int transposes = 0;           ///< how many .T stand behind the name
};

struct Declaration {
  std::string path;      ///< "hidden/S"
  std::uint32_t at = 0;  ///< of the name in the text
  Statement::Kind kind = Statement::Kind::assign;
  const Tensor<double>* given = nullptr;  ///< a value from outside, in place of the text's
};

struct FreeName {
  std::string name;
  std::uint32_t at = 0;
  const Tensor<double>* value = nullptr;
};

struct Names {
  /// First those that were known before, then the statements' that give a name, in their order.
  std::vector<Declaration> declarations;
  std::vector<FreeName> free;
  std::map<ExpressionId, Reference> references;
};

/// Finds the meaning of each name. A name means, from the inside out, what a scope around it calls
/// so; then what any scope before it calls so, if it is only one. `known` are paths with a meaning
/// from before. Throws FormulaError for a name that has two meanings or none, MissingValue for free
/// names without values, InputError for values that no name takes.
Names resolve(const SourceText& source, const Syntax& syntax, const Values& values,
              const std::vector<std::string>& known = {});

/// Whether `path` ("hidden/S") can be called `name` ("S", "hidden/S").
bool is_called(std::string_view path, std::string_view name);
/// "hidden.S" -> "hidden/S".
std::string with_slashes(std::string_view name);
/// The path among `paths` that is called so; nullptr if there is none. Throws InputError if there
/// are several.
const std::string* find_path(const std::vector<std::string>& paths, std::string_view name);
/// " (did you mean 'W'?)", or nothing.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& known);

}  // namespace gradus::lang
