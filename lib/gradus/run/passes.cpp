#include "gradus/run/passes.hpp"

#include <array>

#include "gradus/base/named.hpp"

namespace gradus {
namespace {

constexpr std::array known{
    PassDoc{Pass::dead_code, "dead-code", "drop what no output and no update needs"},
    PassDoc{Pass::constants, "constants", "compute once what depends on constants alone"},
    PassDoc{Pass::algebra, "algebra",
            "leave out x * 1, x + 0, x / 1, x^1, --x, a reshape to the same shape; read transposed "
            "in a matrix product instead of transposing; broadcast on the way; step(x) of relu(x)"},
    PassDoc{Pass::common_subexpressions, "common-subexpressions",
            "compute once what is recorded twice"},
    PassDoc{Pass::epilogues, "epilogues",
            "finish each block of a matrix product while it is in the cache: bias, activation, "
            "and what else follows element by element"},
    PassDoc{Pass::accumulation, "accumulation",
            "add a matrix product to what it is added to, without a matrix of its own"},
    PassDoc{Pass::updates, "updates",
            "compute a weight's gradient straight into the new weight, without a matrix of its "
            "own"},
    PassDoc{Pass::chains, "chains",
            "run ops that follow each other element by element as one, strip by strip in the "
            "cache"},
    PassDoc{Pass::zeros, "zeros",
            "leave out what is multiplied by zeros of an input (0 times infinity is then 0)"},
    PassDoc{Pass::in_place, "in-place",
            "write over an operand that is used for the last time, and over an old parameter"},
    PassDoc{Pass::sharing, "sharing", "share memory among values that do not live together"},
};

}  // namespace

std::span<const PassDoc> all_passes() { return known; }

Passes Passes::all() { return Passes((1u << known.size()) - 1u); }

Passes Passes::parse(std::string_view text) {
  Passes chosen = none();
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view word = text.substr(0, comma);
    if (word == "all") {
      chosen = all();
    } else if (word == "none") {
      chosen = none();
    } else {
      const bool away = word.substr(0, 1) == "-";
      if (away) word.remove_prefix(1);
      const Pass pass = find_named<PassDoc>("pass", word, known).pass;
      chosen = away ? chosen.without(pass) : chosen.with(pass);
    }
    if (comma == std::string_view::npos) return chosen;
    text.remove_prefix(comma + 1);
  }
}

std::string to_string(Passes passes) {
  if (passes == Passes::all()) return "all";
  std::string names;
  for (const PassDoc& doc : known) {
    if (!passes.has(doc.pass)) continue;
    if (!names.empty()) names += ',';
    names += doc.name;
  }
  return names.empty() ? "none" : names;
}

}  // namespace gradus
