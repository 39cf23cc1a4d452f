// gradus check
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>

#include "check_curve.hpp"
#include "check_json.hpp"
#include "command.hpp"
#include "dataset.hpp"
#include "gradus/base/element.hpp"
#include "gradus/base/join.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/data/features.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/io/checkpoint.hpp"
#include "gradus/io/whole_file.hpp"
#include "gradus/ops/list.hpp"
#include "model.hpp"
#include "source.hpp"

namespace gradus::tools {
namespace {

OptionList check_options() {
  OptionList list;
  list.add("claim", {.name = "NAME: EXPR", .many = true},
           "a derivative worked out by hand, to be judged, too; may be given many times");
  list.add("order", {"N", "1"}, "2: check second derivatives, too, as Hessian-vector products");
  list.add("curve", {.name = "ELEMENT", .bare = "worst"},
           "show the error against the step, for one element: --curve='W[1,2]'");
  list.add("output,o", {"FILE"}, "write the curve: FILE.svg or .png by gnuplot, or FILE.dat");
  list.add("dot", {"FILE"}, "write the graph as DOT, with what failed lit in red");
  list.add("precision", {"NAME", "f64"},
           "what is computed in: f64, or f32, to see how it misleads");
  list.add("tolerance", {"X", "1e-5"}, "largest relative error of a right derivative");
  list.add("absolute", {"X", "0"}, "excuse differences up to this, without certifying them");
  list.add("samples", {"N", "200"}, "elements of each parameter to check; all if it has no more");
  add_source_options(list);
  list.add("load", {"FILE"}, "check a trained network: a checkpoint of gradus train");
  add_dataset_options(list);
  list.add("json", "print the report as JSON");
  return list;
}

constexpr std::string_view check_examples =
    "  gradus check 'sin(x) * x' --at x=2\n"
    "  gradus check 'mean((X @ W - Z)^2)' --at 'X=[[1,2],[3,4]]' --at 'W=[[1],[2]]' \\\n"
    "      --at 'Z=[[0],[1]]' --claim 'W: 2 * X.T @ (X @ W - Z) / 2'\n"
    "  gradus check 'exp(x)' --at x=1 --curve -o curve.svg\n"
    "  gradus check --model mlp:8,5,3 --activation gelu --order 2\n"
    "  gradus check --model mlp:784,128,10 --dataset mnist --samples 50\n"
    "  gradus check --load digits.safetensors --dataset mnist --json\n"
    "\n"
    "SOURCE is a formula, a file (that exists, or ends in .gr), or - for the standard input. The\n"
    "examples of a network are random numbers unless --data or --dataset names images.\n"
    "\n"
    "Verdicts: PASS, FAIL; KINK, BELOW-NOISE, DOMAIN and VACUOUS where nothing can be judged, and\n"
    "EXCUSED by --absolute. Exit status: 0 if nothing is worse than EXCUSED and something passes, "
    "1\n"
    "if not, 2 bad usage or input.\n";

/// A network as a checkpoint has it.
ModelSpec spec_of(const io::Checkpoint& checkpoint, const std::string& path) {
  ModelSpec spec;
  spec.layers = parse_layers(setting(checkpoint, path, "layers"));
  spec.activation = setting(checkpoint, path, "activation");
  spec.loss = setting(checkpoint, path, "loss");
  spec.bias = setting(checkpoint, path, "bias");
  spec.init = "zeros";
  check_model(spec);
  return spec;
}

/// Gives the parameters the values in a checkpoint.
void load_parameters(Source& source, const io::Checkpoint& checkpoint, const std::string& path) {
  for (const Var w : source.formula.parameters) {
    const std::string name(w.name());
    const auto found = checkpoint.tensors.find(name);
    if (found == checkpoint.tensors.end())
      throw InputError(fmt::format("{} has no tensor {}", path, name));
    const Tensor<double> wide =
        std::visit([](const auto& tensor) { return tensor.template as<double>(); }, found->second);
    if (wide.shape() != w.shape()) {
      throw InputError(fmt::format("{}: {} has shape {}, but its layers say {}", path, name,
                                   to_string(wide.shape()), to_string(w.shape())));
    }
    source.tape->set(w, wide);
  }
}

std::vector<std::string> names_of(std::span<const Var> variables) {
  std::vector<std::string> names;
  for (const Var v : variables) names.push_back(v.tape().label(v.id()));
  return names;
}

/// The first test images in the place of random examples. Returns what they are called.
std::string set_images(Source& source, const ModelSpec& spec, const Options& options) {
  const Var x = source.formula.inputs[0];
  const Var target = source.formula.inputs[1];
  const Index batch = x.shape()[0];
  const Index classes = target.shape()[1];
  const data::Dataset test = data::load_images_and_labels(find_dataset(options), data::Part::test);
  if (test.width() != spec.layers.front() || test.classes != classes) {
    throw InputError(fmt::format("the layers {} do not fit {}: images of {} pixels, {} classes",
                                 layers_text(spec.layers), test.name, test.width(), test.classes));
  }
  if (batch > test.count) {
    throw InputError(fmt::format("--batch is {}, but there are {} images", batch, test.count));
  }
  Tensor<double> images({batch, spec.layers.front()});
  const Tensor<double> all = data::feature_matrix<double>(test);
  std::copy_n(all.begin(), images.elements(), images.begin());
  source.tape->set(x, spec.ones_column() ? data::with_ones_column(images) : images);
  const auto labels = std::span(test.labels).first(static_cast<std::size_t>(batch));
  source.tape->set(target, data::one_hot<double>(labels, classes));
  return fmt::format("{} images of {}", batch, test.name);
}

/// What is checked, and by which variables.
struct Problem {
  Source source;
  std::vector<Var> wrt;
  std::vector<Claim> claims;
};

Source read_network(const Options& options) {
  ModelSpec spec;
  std::optional<Source> source;
  if (const auto path = options.text("load")) {
    for (const char* name : {"model", "activation", "init", "loss", "bias"}) {
      if (options.given(name)) {
        throw InputError(fmt::format("--load says which network it is: leave --{} out", name));
      }
    }
    if (options.source()) throw InputError("--load says which network it is: leave SOURCE out");
    const io::Checkpoint checkpoint = io::load_checkpoint(*path);
    spec = spec_of(checkpoint, *path);
    source = record_network(spec, options);
    load_parameters(*source, checkpoint, *path);
  } else {
    spec = read_model_options(options, parse_model(options.need("model")));
    source = read_source(options);
  }
  const Index batch = source->formula.inputs[0].shape()[0];
  const bool images = options.given("data") || options.given("dataset");
  const std::string which = images
                                ? set_images(*source, spec, options)
                                : fmt::format("{} random example{}", batch, batch == 1 ? "" : "s");
  Index count = 0;
  for (const Var w : source->formula.parameters) count += w.shape().elements();
  source->title += fmt::format(": {} parameters, {}", with_commas(count), which);
  return std::move(*source);
}

/// "W: X.T @ (S - Z) / n".
Claim read_claim(Source& source, const std::string& text) {
  const std::size_t colon = text.find(':');
  std::string name = text.substr(0, colon);
  while (!name.empty() && name.back() == ' ') name.pop_back();
  name.erase(0, name.find_first_not_of(' '));
  if (colon == std::string::npos || name.empty()) {
    throw InputError(fmt::format(
        "--claim is '{}': it must be NAME: EXPRESSION, as in 'W: X.T @ (S - Z) / n'", text));
  }
  const Var parameter = source.find(name);
  const Op& op = source.tape->op(parameter.id());
  if (!is_input(op) && !is_parameter(op)) {
    throw InputError(
        fmt::format("--claim: {} is computed, and cannot be moved by itself: claim a "
                    "derivative by one of {}",
                    name, join(names_of(source.variables()), ", ")));
  }
  std::string expression = text.substr(colon + 1);
  expression.erase(0, expression.find_first_not_of(' '));
  Claim claim{parameter, {}, expression};
  try {
    claim.derivative =
        lang::record_expression(source.formula, expression, fmt::format("claim about {}", name));
  } catch (const lang::MisfitError& error) {
    const std::string_view said = error.what();
    claim.misfit = said.substr(0, said.find('\n'));  // the place is in the claim, which is shown
  }
  return claim;
}

/// Whether a variable holds labels or numbers of rows only: moved by a little they mean nothing.
bool is_index(Var v) {
  const Tape& tape = v.tape();
  bool used = false;
  for (NodeId user = v.id() + 1; user < tape.size(); ++user) {
    const auto operands = tape.operands(user);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      if (operands[k] != v.id()) continue;
      const Op& by = tape.op(user);
      const bool as_row = k == 1 && (&by == &op<Gather>() || &by == &op<ScatterRows>());
      if (!as_row && &by != &op<OneHot>()) return false;
      used = true;
    }
  }
  return used;
}

Problem read_problem(const Options& options) {
  const bool network = options.given("model") || options.given("load");
  if (!network) {
    for (const char* name : {"data", "dataset"}) {
      if (options.given(name)) {
        throw InputError(
            fmt::format("--{} gives a network its examples: it needs --model or --load", name));
      }
    }
  }
  if (!network && !options.source()) {
    throw InputError(
        "SOURCE is missing: a formula such as 'sin(x) * x', a file, - for the standard input, "
        "--model mlp:N,N,... or --load FILE");
  }
  Problem problem{network ? read_network(options) : read_source(options), {}, {}};
  Source& source = problem.source;
  const std::vector<Var> variables = source.variables();
  std::copy_if(variables.begin(), variables.end(), std::back_inserter(problem.wrt),
               [](Var v) { return !is_index(v); });
  for (const std::string& text : options.texts("claim")) {
    problem.claims.push_back(read_claim(source, text));
    const Var w = problem.claims.back().parameter;
    const auto same = [&](Var other) { return same_node(w, other); };
    if (std::none_of(problem.wrt.begin(), problem.wrt.end(), same)) problem.wrt.push_back(w);
  }
  if (problem.wrt.empty()) {
    throw InputError(
        "there is nothing to differentiate by: no param, input or free name that is more than an "
        "index");
  }
  if (!network) {
    source.title += fmt::format(", by {}", join(names_of(problem.wrt), ", "));
  }
  lang::check_size(*source.tape);
  return problem;
}

std::string extension_of(const std::string& path) {
  return std::filesystem::path(path).extension().string();
}

CheckOptions read_check_options(const Options& options) {
  constexpr std::array<std::string_view, 2> precisions{"f64", "f32"};
  CheckOptions check;
  check.seed =
      static_cast<std::uint64_t>(options.whole("seed", 0, std::numeric_limits<Index>::max()));
  check.max_elements = options.whole("samples", 1, 1'000'000'000);
  check.tolerance = options.number("tolerance", 0, 1, true);
  if (check.tolerance == 1) {
    throw InputError("--tolerance is '1': it must be a number over 0 and below 1");
  }
  check.absolute = options.number("absolute", 0, std::numeric_limits<double>::max());
  const std::string precision = options.need("precision");
  if (precision != "f64" && precision != "f32") {
    throw InputError(unknown_name("precision", precision, precisions));
  }
  if (precision == "f32") check.precision = Precision::f32;
  if (const auto path = options.text("output")) {
    if (!options.given("curve")) throw InputError("--output is for the curve: it needs --curve");
    constexpr std::array<std::string_view, 3> known{".svg", ".png", ".dat"};
    if (std::count(known.begin(), known.end(), extension_of(*path)) == 0) {
      throw InputError(
          fmt::format("--output is '{}': its name must end in .svg, .png or .dat", *path));
    }
  }
  return check;
}

/// The row of a report that a reader looks at first: the first failed one, or the first.
std::size_t worst_row(const GradientReport& report) {
  const auto failed = std::find_if(report.parameters.begin(), report.parameters.end(),
                                   [](const auto& row) { return row.verdict == Verdict::fail; });
  return failed == report.parameters.end()
             ? 0
             : static_cast<std::size_t>(failed - report.parameters.begin());
}

/// The element that --curve names: "W[1,2]", "x", or nothing for the worst.
std::pair<Var, Index> curve_element(const Problem& problem, const GradientReport& report,
                                    const std::string& text) {
  if (text.empty()) {
    const std::size_t row = worst_row(report);
    return {problem.wrt[row], std::max(report.parameters[row].worst.element, Index{0})};
  }
  const ElementText element = split_element(text);
  const Var w = problem.source.find(element.name);
  const auto same = [&](Var other) { return same_node(w, other); };
  if (std::none_of(problem.wrt.begin(), problem.wrt.end(), same)) {
    throw InputError(fmt::format("--curve: {} is not one of {}", element.name,
                                 join(names_of(problem.wrt), ", ")));
  }
  return {w, position_of(element, w.shape())};
}

void write_curve(const ErrorCurve& curve, const std::string& path) {
  const std::string format = extension_of(path).substr(1);
  io::write_whole_file(path, format == "dat" ? curve_data(curve) : curve_picture(curve, format));
}

/// The graph of the loss, with the failed parameters and the blamed ops lit.
void write_dot_file(const Problem& problem, const GradientReport& report, const std::string& path) {
  DotOptions dot;
  dot.legend = true;
  dot.title = fmt::format("{}: {}", problem.source.title, to_string(report.verdict));
  for (std::size_t i = 0; i < report.parameters.size(); ++i) {
    if (report.parameters[i].verdict == Verdict::fail) {
      dot.lit.push_back({no_node, problem.wrt[i].id(), 0});
    }
  }
  for (const Blame& blame : report.blames) {
    const NodeId from = problem.source.tape->operands(blame.node)[blame.operand];
    dot.lit.push_back({from, blame.node, blame.operand});
  }
  io::write_whole_file(path, to_dot(Graph(problem.source.result()), dot));
}

}  // namespace

int check_command(const std::vector<std::string>& arguments) {
  const Options options("check", "check SOURCE | --model mlp:N,N,... | --load FILE [OPTIONS]",
                        check_examples, check_options(), arguments, Positional::source);
  if (options.help()) return ok;
  CheckOptions check = read_check_options(options);
  const bool second = options.whole("order", 1, 2) == 2;
  const Problem problem = read_problem(options);
  check.claims = problem.claims;

  const Var loss = problem.source.result();
  const GradientReport report = check_gradient(loss, problem.wrt, check);
  std::optional<HessianReport> hessian;
  if (second) hessian = check_hessian(loss, problem.wrt, check);
  std::optional<ErrorCurve> curve;
  if (const auto element = options.text("curve")) {
    const auto [w, position] = curve_element(problem, report, *element);
    curve = error_curve(loss, w, position, check.precision);
  }
  if (options.flag("json")) {
    print_now(check_json(problem.source.title, report, hessian, curve) + "\n");
  } else {
    std::string text = fmt::format("{}\n\n", problem.source.title);
    if (curve) text += curve_text(*curve) + "\n";
    text += to_string(report);
    if (hessian) text += "\n" + to_string(*hessian);
    print_now(text);
  }
  if (const auto path = options.text("dot")) write_dot_file(problem, report, *path);
  if (const auto path = options.text("output")) write_curve(*curve, *path);
  const bool second_good = !hessian || (hessian->products.good() && hessian->symmetric);
  return report.good() && second_good ? ok : failed;
}

}  // namespace gradus::tools
