#include "network.hpp"

#include <cmath>
#include <stdexcept>

#include "gradus/data/features.hpp"
#include "gradus/data/images.hpp"

namespace benchmark {

namespace {

std::vector<Index> parse_layers(const std::string& text) {
  std::vector<Index> layers;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t dash = std::min(text.find('-', at), text.size());
    const std::string size = text.substr(at, dash - at);
    if (size.empty() || size.size() > 6 ||
        size.find_first_not_of("0123456789") != std::string::npos || std::stoi(size) < 1) {
      throw std::invalid_argument("--layers needs sizes such as 784-128-10, not '" + text + "'");
    }
    layers.push_back(std::stoi(size));
    at = dash + 1;
  }
  if (layers.size() < 2) throw std::invalid_argument("--layers needs at least two sizes");
  return layers;
}

/// A permutation of the 64-bit numbers whose results look random: the finaliser of SplitMix64
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
std::uint64_t scramble(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

}  // namespace

Index Network::parameters() const {
  Index count = 0;
  for (std::size_t i = 1; i < layers.size(); ++i) count += (layers[i - 1] + 1) * layers[i];
  return count;
}

double Network::flops() const {
  Index count = 2 * parameters();
  for (std::size_t i = 1; i < layers.size(); ++i) {
    count += (i == 1 ? 2 : 3) * 2 * batch * layers[i - 1] * layers[i];
  }
  return static_cast<double>(count);
}

std::string Network::name() const {
  std::string text = "mlp";
  for (std::size_t i = 0; i < layers.size(); ++i) {
    text += (i == 0 ? "" : "-") + std::to_string(layers[i]);
  }
  return text + "-" + activation + (squares ? "-mse-b" : "-b") + std::to_string(batch);
}

std::map<std::string, std::string> network_options() {
  return {{"model", "a"}, {"layers", ""},          {"act", ""}, {"out", ""}, {"batch", ""},
          {"lr", "0.01"}, {"data", BENCHMARK_DATA}};
}

std::map<std::string, std::string> timed_network_options() {
  auto options = network_options();
  options.insert({{"threads", "1"}, {"dtype", "f32"}, {"secs", "0.15"}, {"reps", "9"}});
  return options;
}

Network read_network(const Options& options) {
  struct Model {
    const char* layers;
    const char* activation;
    const char* out;
    Index batch;
  };
  static const std::map<std::string, Model> models{
      {"a", {"784-400-10", "sigmoid", "ce", 32}},
      {"b", {"784-500-300-100-10", "relu", "ce", 32}},
      {"c", {"784-16-16-10", "sigmoid", "mse", 100}},
      {"d", {"784-128-10", "relu", "ce", 128}},
  };
  const auto model = models.find(options.text("model"));
  if (model == models.end()) {
    throw std::invalid_argument("--model is a, b, c or d, not '" + options.text("model") + "'");
  }
  const auto given = [&](const char* name, const char* otherwise) {
    return options.text(name).empty() ? std::string(otherwise) : options.text(name);
  };
  Network network;
  network.layers = parse_layers(given("layers", model->second.layers));
  network.activation = given("act", model->second.activation);
  if (network.activation != "sigmoid" && network.activation != "relu") {
    throw std::invalid_argument("--act is sigmoid or relu, not '" + network.activation + "'");
  }
  const std::string out = given("out", model->second.out);
  if (out != "ce" && out != "mse") {
    throw std::invalid_argument("--out is ce or mse, not '" + out + "'");
  }
  network.squares = out == "mse";
  network.batch = options.text("batch").empty() ? model->second.batch : options.count("batch");
  network.rate = options.number("lr");
  return network;
}

double first_weight(const Network& network, std::size_t layer, Index i) {
  const std::uint64_t seed = 100 + layer;
  const std::uint64_t bits = scramble(seed * 0x100000001B3u + static_cast<std::uint64_t>(i)) >> 11;
  const double fans = static_cast<double>(network.layers[layer - 1] + network.layers[layer]);
  return (std::ldexp(static_cast<double>(bits), -53) * 2 - 1) * std::sqrt(6 / fans);
}

template <class T>
Digits<T> read_digits(const Options& options, const Network& network) {
  const auto set =
      gradus::data::load_images_and_labels(options.text("data"), gradus::data::Part::train);
  if (set.width() != network.layers.front() || set.classes != network.layers.back()) {
    throw std::invalid_argument("the images have " + std::to_string(set.width()) + " pixels and " +
                                std::to_string(set.classes) + " classes, not those of --layers");
  }
  if (set.count < network.batch) {
    throw std::invalid_argument("--batch is more than the " + std::to_string(set.count) +
                                " images");
  }
  return {gradus::data::feature_matrix<T>(set), gradus::data::one_hot<T>(set.labels, set.classes),
          set.labels};
}

template Digits<float> read_digits(const Options&, const Network&);
template Digits<double> read_digits(const Options&, const Network&);

}  // namespace benchmark
