// gradus check
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "command.hpp"
#include "dataset.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/data/features.hpp"
#include "gradus/io/checkpoint.hpp"
#include "gradus/io/json.hpp"
#include "model.hpp"

namespace gradus::tools {
namespace {

namespace po = boost::program_options;

po::options_description describe() {
  po::options_description description;
  auto add = description.add_options();
  add("model", value("mlp:N,N,..."), "the network: inputs, hidden widths, outputs");
  add("load", value("FILE"), "check a trained network: a checkpoint of gradus train");
  add_model_options(description);
  add("batch", value("N", "8"), "examples in the batch that the loss is taken of");
  add_dataset_options(description);
  add("seed", value("N", "1"), "of the weights, the examples and the samples");
  add("samples", value("N", "200"), "elements of each parameter to check; all if it has no more");
  add("tolerance", value("X", "1e-5"), "largest relative error of a right derivative");
  add("json", "print the report as JSON");
  return description;
}

constexpr std::string_view examples =
    "  gradus check --model mlp:8,5,3\n"
    "  gradus check --model mlp:784,128,10 --dataset mnist --samples 50\n"
    "  gradus check --load digits.safetensors --dataset mnist\n"
    "  gradus check --model mlp:8,5,3 --activation gelu --loss quadratic --json\n"
    "\nThe examples are random numbers unless --data or --dataset names images.\n";

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
void load_parameters(Tape& tape, const nn::Mlp& mlp, const io::Checkpoint& checkpoint,
                     const std::string& path) {
  for (const Var w : mlp.parameters()) {
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
    tape.set(w, wide);
  }
}

/// The examples of the batch: the first test images, or random numbers and classes.
void set_examples(Tape& tape, const RecordedModel& model, const ModelSpec& spec,
                  const Options& options, Random& random) {
  const Index batch = model.x.shape()[0];
  const Index classes = model.target.shape()[1];
  Tensor<double> x({batch, spec.layers.front()});
  std::vector<std::uint8_t> labels(static_cast<std::size_t>(batch));
  if (options.given("data") || options.given("dataset")) {
    const data::Dataset test =
        data::load_images_and_labels(find_dataset(options), data::Part::test);
    if (test.width() != spec.layers.front() || test.classes != classes) {
      throw InputError(fmt::format("the layers {} do not fit {}: images of {} pixels, {} classes",
                                   layers_text(spec.layers), test.name, test.width(),
                                   test.classes));
    }
    if (batch > test.count) {
      throw InputError(fmt::format("--batch is {}, but there are {} images", batch, test.count));
    }
    const Tensor<double> all = data::feature_matrix<double>(test);
    std::copy_n(all.begin(), x.elements(), x.begin());
    std::copy_n(test.labels.begin(), labels.size(), labels.begin());
    tape.set(model.target, data::one_hot<double>(labels, classes));
  } else {
    for (double& value : x) value = random.normal();
    Tensor<double> target({batch, classes});
    for (Index i = 0; i < batch; ++i) target[i * classes + random.below(classes)] = 1;
    tape.set(model.target, target);
  }
  tape.set(model.x, spec.ones_column() ? data::with_ones_column(x) : x);
}

std::string to_json(const Comparison& c, const Shape& shape) {
  return fmt::format(
      "{{\"index\": {}, \"analytic\": {}, \"numeric\": {}, \"error\": {}, \"verdict\": \"{}\"}}",
      c.element < 0 ? "null" : index_text(shape, c.element), json_number(c.analytic),
      json_number(c.numeric), json_number(c.error), to_string(c.verdict));
}

std::string to_json(const GradientReport& report) {
  std::vector<std::string> rows;
  for (const ParameterCheck& row : report.parameters) {
    rows.push_back(fmt::format(
        "{{\"name\": {}, \"shape\": [{}], \"checked\": {}, \"passed\": {}, \"vacuous\": {}, "
        "\"kinks\": {}, "
        "\"inconclusive\": {}, \"failed\": {}, \"worst\": {}, \"direction\": {}, \"verdict\": "
        "\"{}\"}}",
        io::json_quote(row.name), fmt::join(row.shape.begin(), row.shape.end(), ", "), row.checked,
        row.passed, row.vacuous, row.kinks, row.inconclusive, row.failed,
        to_json(row.worst, row.shape), to_json(row.direction, row.shape), to_string(row.verdict)));
  }
  return fmt::format(
      "{{\"loss\": {}, \"tolerance\": {}, \"parameters\": [{}], \"direction\": {}, \"verdict\": "
      "\"{}\"}}",
      json_number(report.loss), json_number(report.tolerance), fmt::join(rows, ", "),
      to_json(report.direction, {}), to_string(report.verdict));
}

}  // namespace

int check_command(const std::vector<std::string>& arguments) {
  const Options options("check", "check --model mlp:N,N,... | --load FILE [OPTIONS]", examples,
                        describe(), arguments);
  if (options.help()) return ok;
  std::optional<io::Checkpoint> checkpoint;
  ModelSpec spec;
  if (const auto path = options.text("load")) {
    for (const char* name : {"model", "activation", "init", "loss", "bias"}) {
      if (options.given(name)) {
        throw InputError(fmt::format("--load says which network it is: leave --{} out", name));
      }
    }
    checkpoint = io::load_checkpoint(*path);
    spec = spec_of(*checkpoint, *path);
  } else {
    if (!options.given("model")) throw InputError("--model or --load is missing");
    spec = read_model_options(options, parse_model(options.need("model")));
  }
  CheckOptions check;
  check.seed =
      static_cast<std::uint64_t>(options.whole("seed", 0, std::numeric_limits<Index>::max()));
  check.max_elements = options.whole("samples", 1, 1'000'000'000);
  check.tolerance = options.number("tolerance", 0, 1, true);

  Tape tape;
  Random random(check.seed);
  const nn::Mlp mlp(tape, spec.options(), random);
  const RecordedModel model = record_model(tape, mlp, spec, options.whole("batch", 1, 100'000));
  if (checkpoint) load_parameters(tape, mlp, *checkpoint, options.need("load"));
  set_examples(tape, model, spec, options, random);

  const GradientReport report = check_gradient(model.loss, mlp.parameters(), check);
  if (options.flag("json")) {
    print_now(to_json(report) + "\n");
  } else {
    print_now(fmt::format("{} {}, {}: {} parameters, a batch of {}\n\n{}", layers_text(spec.layers),
                          spec.activation, spec.loss, with_commas(mlp.parameter_count()),
                          model.x.shape()[0], to_string(report)));
  }
  return report.passed() ? ok : failed;
}

}  // namespace gradus::tools
