/// What `gradus eval`, `graph`, `step`, `check` and `paths` look at.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/lang/formula.hpp"
#include "model.hpp"
#include "options.hpp"

namespace gradus::tools {

/// A computation on a tape, and its result.
struct Source {
  std::unique_ptr<Tape> tape;
  std::string title;  ///< "sin(x) * x", "two_layer.gr", "784-128-10 relu, cross-entropy"
  /// The result, and the names by which its parts are called: a network's X, T, W1, b1, h1, z,
  /// loss.
  lang::Formula formula;

  Var result() const { return formula.result; }
  /// "loss", or "result": what is computed and has no name is named so when it is read.
  std::string result_name() const {
    return result().name().empty() ? "result" : std::string(result().name());
  }
  /// What to differentiate by.
  std::vector<Var> variables() const { return formula.variables(); }
  /// The node that is called so: a name, with its scopes if it needs them ("hidden/W"), or "#7".
  /// Throws InputError with the nearest name.
  Var find(std::string_view name) const { return formula.find(name); }
};

/// Adds what says which computation it is: --at, --model with its options, --batch, --seed.
void add_source_options(OptionList& list);
/// Reads SOURCE (a formula, a file, or - for the standard input) or --model. The options must have
/// been read with Positional::source. Throws InputError.
Source read_source(const Options& options);
/// A network on a batch of random examples, which --batch and --seed describe.
Source record_network(const ModelSpec& spec, const Options& options);

/// Lines for a command's help: what SOURCE can be.
inline constexpr std::string_view source_help =
    "SOURCE is a formula, a file of one (that exists, or ends in .gr), or - for the standard "
    "input.\n"
    "docs/language.md describes the language.\n";

}  // namespace gradus::tools
