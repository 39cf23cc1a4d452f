// gradus graph
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "command.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/io/whole_file.hpp"
#include "gradus/optim/optimizer.hpp"
#include "model.hpp"
#include "render.hpp"

namespace gradus::tools {
namespace {

namespace po = boost::program_options;

po::options_description describe() {
  po::options_description description;
  auto add = description.add_options();
  add("model", value("mlp:N,N,..."), "the network: inputs, hidden widths, outputs");
  add_model_options(description);
  add("batch", value("N", "32"), "examples in the batch that is drawn");
  add("gradient", "draw the gradient of the loss, too");
  add("update", "draw a whole training step: loss, gradient, and the new parameters");
  add("optimizer", value("NAME", "sgd"), "of the training step: sgd, momentum, nesterov");
  add("output,o", value("FILE"),
      "FILE.dot, or FILE.svg, .png, .pdf by Graphviz; default: DOT on the screen");
  return description;
}

constexpr std::string_view examples =
    "  gradus graph --model mlp:784,128,10 -o loss.svg\n"
    "  gradus graph --model mlp:784,128,10 --gradient -o gradient.dot\n"
    "  gradus graph --model mlp:2,4,1 --loss mse --update --optimizer nesterov | dot -Tpng > "
    "step.png\n";

/// The part of the tape that is asked for, as DOT.
std::string draw(const ModelSpec& spec, const Options& options) {
  const Index batch = options.whole("batch", 1, 1'000'000);
  const optim::Rule& rule = optim::find_rule(options.need("optimizer"));
  Tape tape;
  // A picture shows no values, so that drawing the weights would be for nothing.
  ModelSpec zero = spec;
  zero.init = "zeros";
  Random random(0);
  const nn::Mlp mlp(tape, zero.options(), random);
  const std::vector<Var> parameters = mlp.parameters();
  const RecordedModel model = record_model(tape, mlp, zero, batch);
  DotOptions dot;
  dot.legend = true;
  const std::string network =
      fmt::format("{} {}, {}", layers_text(spec.layers), spec.activation, spec.loss);
  std::vector<Var> outputs{model.loss};
  if (!options.flag("gradient") && !options.flag("update")) {
    dot.title = network;
    return to_dot(Graph(outputs), dot);
  }
  const std::vector<Var> gradients = gradient(model.loss, parameters);
  if (!options.flag("update")) {
    dot.title = network + ": the loss and its gradient";
    outputs.insert(outputs.end(), gradients.begin(), gradients.end());
    return to_dot(Graph(outputs), dot);
  }
  dot.title = fmt::format("{}: a training step with {}", network, rule.name);
  const optim::Optimizer optimizer(rule, parameters, 0.1);
  return to_dot(Graph(outputs, optimizer.updates(gradients)), dot);
}

}  // namespace

int graph_command(const std::vector<std::string>& arguments) {
  const Options options("graph", "graph --model mlp:N,N,... [OPTIONS]", examples, describe(),
                        arguments);
  if (options.help()) return ok;
  const ModelSpec spec = read_model_options(options, parse_model(options.need("model")));
  constexpr std::array<std::string_view, 4> formats{"dot", "svg", "png", "pdf"};
  const auto output = options.text("output");
  std::string format = "dot";
  if (output) {
    format = std::filesystem::path(*output).extension().string();
    if (!format.empty()) format.erase(0, 1);
    if (format.empty()) {
      throw InputError(fmt::format("{}: the end of the name says the format, one of {}", *output,
                                   fmt::join(formats, ", ")));
    }
    if (std::find(formats.begin(), formats.end(), format) == formats.end()) {
      throw InputError(fmt::format("{}: {}", *output, unknown_name("format", format, formats)));
    }
  }
  const std::string text = draw(spec, options);
  if (!output) {
    print_now(text);
    return ok;
  }
  io::write_whole_file(*output, format == "dot" ? text : render(text, format));
  return ok;
}

}  // namespace gradus::tools
