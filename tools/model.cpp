#include "model.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>

#include "command.hpp"
#include "gradus/base/join.hpp"
#include "gradus/base/named.hpp"

namespace gradus::tools {
namespace {

constexpr std::array<std::string_view, 3> biases{"layers", "ones", "none"};

}  // namespace

nn::MlpOptions ModelSpec::options() const {
  nn::MlpOptions result{layers, activation, init, bias == "layers"};
  if (ones_column()) ++result.layers[0];
  return result;
}

Index parameter_count(const ModelSpec& spec) {
  const nn::MlpOptions options = spec.options();
  Index count = 0;
  for (std::size_t i = 0; i + 1 < options.layers.size(); ++i) {
    count += (options.layers[i] + (options.bias ? 1 : 0)) * options.layers[i + 1];
  }
  return count;
}

void add_model_options(OptionList& list) {
  const ModelSpec defaults;
  list.add("activation", {"NAME", defaults.activation},
           "after every layer but the last: " + list_names(nn::activations()));
  list.add("init", {"NAME", defaults.init}, "first weights: " + list_names(nn::inits()));
  list.add("loss", {"NAME", defaults.loss}, list_names(nn::losses()));
  list.add("bias", {"WHERE", defaults.bias},
           "layers: a bias in each layer; ones: only a column of ones in the data; none");
}

ModelSpec read_model_options(const Options& options, std::vector<Index> layers) {
  ModelSpec spec{std::move(layers), options.need("activation"), options.need("init"),
                 options.need("loss"), options.need("bias")};
  check_model(spec);
  return spec;
}

void check_model(const ModelSpec& spec) {
  nn::find_activation(spec.activation);
  nn::find_init(spec.init);
  nn::find_loss(spec.loss);
  find_word("place of a bias", spec.bias, biases);
  constexpr Index most = 250'000'000;  // 2 GB in double, and as much again for the gradients
  if (parameter_count(spec) > most) {
    throw InputError(fmt::format("the layers {} have {} parameters: at most {} are possible",
                                 layers_text(spec.layers), with_commas(parameter_count(spec)),
                                 with_commas(most)));
  }
}

const std::string& setting(const io::Checkpoint& checkpoint, const std::string& path,
                           const std::string& key) {
  const auto found = checkpoint.metadata.find(key);
  if (found == checkpoint.metadata.end()) {
    throw InputError(
        fmt::format("{} is no checkpoint of gradus train: it does not say its {}", path, key));
  }
  return found->second;
}

Index whole_setting(const io::Checkpoint& checkpoint, const std::string& path,
                    const std::string& key, Index limit) {
  const std::string& text = setting(checkpoint, path, key);
  Index value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (value < 0 || value > limit) {
    throw InputError(fmt::format("{}: its {} is '{}'", path, key, text));
  }
  return value;
}

std::vector<Index> parse_model(const std::string& text) {
  constexpr std::string_view kind = "mlp:";
  if (text.rfind(kind, 0) != 0) {
    throw InputError(
        fmt::format("unknown model '{}': a network is given as mlp: and the sizes of its layers, "
                    "mlp:784,128,10",
                    text));
  }
  return parse_layers(std::string_view(text).substr(kind.size()));
}

RecordedModel record_model(Tape& tape, const nn::Mlp& mlp, const ModelSpec& spec, Index batch) {
  RecordedModel model;
  model.x = tape.input(Shape{batch, spec.options().layers.front()}, "X");
  model.target = tape.input(Shape{batch, spec.layers.back()}, "T");
  model.z = mlp(model.x);
  const auto scope = tape.scope("loss");
  model.loss = nn::find_loss(spec.loss).apply(model.z, model.target).named("loss");
  return model;
}

}  // namespace gradus::tools
