#include "gradus/run/passes.hpp"

#include <array>

#include "gradus/base/named.hpp"

namespace gradus {
namespace {

constexpr std::array named_passes{
    NamedPass{Pass::dead_code, "dead-code"},
    NamedPass{Pass::constants, "constants"},
    NamedPass{Pass::algebra, "algebra"},
    NamedPass{Pass::common_subexpressions, "common-subexpressions"},
    NamedPass{Pass::epilogues, "epilogues"},
    NamedPass{Pass::accumulation, "accumulation"},
    NamedPass{Pass::updates, "updates"},
    NamedPass{Pass::chains, "chains"},
    NamedPass{Pass::zeros, "zeros"},
    NamedPass{Pass::in_place, "in-place"},
    NamedPass{Pass::sharing, "sharing"},
};

}  // namespace

std::span<const NamedPass> all_passes() { return named_passes; }

Passes Passes::all() { return Passes((1u << named_passes.size()) - 1u); }

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
      const Pass pass = find_named<NamedPass>("pass", word, named_passes).pass;
      chosen = away ? chosen.without(pass) : chosen.with(pass);
    }
    if (comma == std::string_view::npos) return chosen;
    text.remove_prefix(comma + 1);
  }
}

std::string to_string(Passes passes) {
  if (passes == Passes::all()) return "all";
  std::string names;
  for (const NamedPass& named : named_passes) {
    if (!passes.has(named.pass)) continue;
    if (!names.empty()) names += ',';
    names += named.name;
  }
  return names.empty() ? "none" : names;
}

}  // namespace gradus
