#include "source.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <limits>

#include "command.hpp"
#include "gradus/io/whole_file.hpp"
#include "gradus/lang/limits.hpp"
#include "gradus/lang/source_text.hpp"
#include "model.hpp"

namespace gradus::tools {
namespace {

/// --at NAME=VALUE, each.
lang::Values read_values(const Options& options) {
  lang::Values values;
  for (const std::string& text : options.texts("at")) {
    const std::size_t equals = text.find('=');
    std::string name = text.substr(0, equals);
    while (!name.empty() && name.back() == ' ') name.pop_back();
    name.erase(0, name.find_first_not_of(' '));
    if (equals == std::string::npos || name.empty()) {
      throw InputError(
          fmt::format("--at is '{}': it must be NAME=VALUE, as in x=2 or 'W=[[1,2],[3,4]]'", text));
    }
    const std::string file = fmt::format("--at {}", name);
    Tensor<double> value = lang::parse_value(std::string_view(text).substr(equals + 1), file);
    if (!values.emplace(name, std::move(value)).second) {
      throw InputError(fmt::format("--at gives '{}' a value twice", name));
    }
  }
  return values;
}

std::string read_standard_input() {
  std::string text;
  std::array<char, 1 << 14> block;
  while (text.size() <= lang::max_text) {
    const std::size_t n = std::fread(block.data(), 1, block.size(), stdin);
    if (n == 0) break;
    text.append(block.data(), n);
  }
  if (std::ferror(stdin)) throw InputError("the standard input cannot be read");
  return text;
}

/// What is recorded, and what it is called in errors.
struct Text {
  std::string text, file, title;
};

Text read_text(const std::string& source) {
  if (source == "-") return {read_standard_input(), "standard input", "standard input"};
  const std::filesystem::path path = source;
  std::error_code error;
  // A name that is too long for a file is a formula, and not an error.
  if (path.extension() == ".gr" || std::filesystem::is_regular_file(path, error)) {
    const auto size = std::filesystem::file_size(path, error);
    if (!error && size > lang::max_text) {
      throw InputError(
          fmt::format("{} has {} bytes: a formula has at most {}", source, size, lang::max_text));
    }
    return {io::read_whole_file(path), source, path.filename().string()};
  }
  return {source, "formula", lang::shown(source)};
}

Source read_formula(const std::string& given, const Options& options) {
  for (const char* name : {"activation", "init", "loss", "bias", "batch"}) {
    if (options.given(name)) {
      throw InputError(fmt::format("--{} belongs to --model: a formula says all by itself", name));
    }
  }
  const Text text = read_text(given);
  Source source;
  source.tape = std::make_unique<Tape>();
  source.title = text.title;
  const auto seed =
      static_cast<std::uint64_t>(options.whole("seed", 0, std::numeric_limits<Index>::max()));
  const lang::Values values = read_values(options);
  try {
    source.formula = lang::record(*source.tape, text.text, values, text.file, seed);
  } catch (const lang::MissingValue& error) {
    constexpr std::size_t most_names = 8;
    std::string names;
    for (std::size_t i = 0; i < std::min(error.names().size(), most_names); ++i) {
      names += fmt::format(" --at {}=...", error.names()[i]);
    }
    if (error.names().size() > most_names) names += " ...";
    throw lang::FormulaError(fmt::format("{}\nA value is given by{}", error.what(), names));
  }
  // Every command calls it so, and one can: gradus graph ... --around result.
  const Var result = source.result();
  if (result.name().empty() && !is_leaf(source.tape->op(result.id())) &&
      source.formula.names.emplace("result", result).second) {
    result.named("result");
  }
  return source;
}

/// Random numbers, and random classes.
void set_examples(Tape& tape, const RecordedModel& model, const ModelSpec& spec, Random& random) {
  Tensor<double> x(model.x.shape());
  for (double& value : x) value = random.normal();
  if (spec.ones_column()) {
    const Index width = x.shape()[1];
    for (Index row = 0; row < x.shape()[0]; ++row) x[row * width + width - 1] = 1;
  }
  tape.set(model.x, x);
  Tensor<double> target(model.target.shape());
  const Index classes = target.shape()[1];
  for (Index i = 0; i < target.shape()[0]; ++i) target[i * classes + random.below(classes)] = 1;
  tape.set(model.target, target);
}

}  // namespace

Source record_network(const ModelSpec& spec, const Options& options) {
  Random random(
      static_cast<std::uint64_t>(options.whole("seed", 0, std::numeric_limits<Index>::max())));
  Source source;
  source.title = fmt::format("{} {}, {}", layers_text(spec.layers), spec.activation, spec.loss);
  source.tape = std::make_unique<Tape>();
  Tape& tape = *source.tape;
  const nn::Mlp mlp(tape, spec.options(), random);
  const RecordedModel model = record_model(tape, mlp, spec, options.whole("batch", 1, 100'000));
  set_examples(tape, model, spec, random);
  lang::Formula& formula = source.formula;
  formula.result = model.loss;
  formula.parameters = mlp.parameters();
  formula.inputs = {model.x, model.target};
  for (NodeId id = 0; id < tape.size(); ++id) {
    if (!tape.name(id).empty()) formula.names.emplace(tape.name(id), tape.var(id));
  }
  for (const auto& [name, value] : read_values(options)) tape.set(source.find(name), value);
  return source;
}

void add_source_options(OptionList& list) {
  list.add("at", {.name = "NAME=VALUE", .many = true},
           "the value of a name; may be given many times");
  list.add("model", {"mlp:N,N,..."},
           "a network in place of SOURCE: inputs, hidden widths, outputs");
  add_model_options(list);
  list.add("batch", {"N", "8"}, "examples in the network's batch, which are random numbers");
  list.add("seed", {"N", "1"}, "of all that is random");
}

Source read_source(const Options& options) {
  if (options.source() && options.given("model")) {
    throw InputError(fmt::format("--model stands in place of SOURCE: leave it or '{}' out",
                                 lang::shown(*options.source())));
  }
  if (options.given("model")) {
    return record_network(read_model_options(options, parse_model(options.need("model"))), options);
  }
  if (!options.source()) {
    throw InputError(
        "SOURCE is missing: a formula such as 'sin(x) * x', a file, - for the standard "
        "input, or --model mlp:N,N,...");
  }
  return read_formula(*options.source(), options);
}

}  // namespace gradus::tools
