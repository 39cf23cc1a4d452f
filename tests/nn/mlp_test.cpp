// Layers, networks and losses against plain loops.
#include "gradus/nn/mlp.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "catch.hpp"
#include "gradus/nn/loss.hpp"
#include "gradus/run/value.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::nn;
using Catch::Matchers::WithinAbs;

namespace {

using Scalar = std::function<double(double)>;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

/// The activations by their definitions.
const std::map<std::string_view, Scalar> activation_formulas{
    {"identity", [](double x) { return x; }},
    {"relu", [](double x) { return x > 0 ? x : 0; }},
    {"sigmoid", logistic},
    {"tanh", [](double x) { return std::tanh(x); }},
    {"leaky-relu", [](double x) { return x > 0 ? x : 0.01 * x; }},
    {"elu", [](double x) { return x > 0 ? x : std::exp(x) - 1; }},
    {"gelu", [](double x) { return x / 2 * (1 + std::erf(x / std::sqrt(2))); }},
    {"softplus", [](double x) { return std::log(1 + std::exp(x)); }},
    {"swish", [](double x) { return x * logistic(x); }},
};

/// x (n, in) times w (in, out), and b (out) if it has elements.
Tensor<double> linear(const Tensor<double>& x, const Tensor<double>& w, const Tensor<double>* b) {
  const Index n = x.shape()[0], in = w.shape()[0], out = w.shape()[1];
  Tensor<double> y({n, out});
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < out; ++j) {
      y[i * out + j] = b ? (*b)[j] : 0;
      for (Index k = 0; k < in; ++k) y[i * out + j] += x[i * in + k] * w[k * out + j];
    }
  }
  return y;
}

void check_close(const Tensor<double>& got, const Tensor<double>& wanted) {
  REQUIRE(got.shape() == wanted.shape());
  for (Index i = 0; i < got.elements(); ++i) CHECK_THAT(got[i], WithinAbs(wanted[i], 1e-12));
}

/// The losses by their definitions, of one batch.
using LossFormula = double (*)(const Tensor<double>& z, const Tensor<double>& t);

double squares(const Tensor<double>& z, const Tensor<double>& t) {
  double sum = 0;
  for (Index i = 0; i < z.elements(); ++i) sum += std::pow(logistic(z[i]) - t[i], 2);
  return sum / static_cast<double>(z.shape()[0]);
}

double softmax_entropy(const Tensor<double>& z, const Tensor<double>& t) {
  const Index n = z.shape()[0], classes = z.shape()[1];
  double loss = 0;
  for (Index i = 0; i < n; ++i) {
    double total = 0;
    for (Index j = 0; j < classes; ++j) total += std::exp(z[i * classes + j]);
    for (Index j = 0; j < classes; ++j) {
      loss -= t[i * classes + j] * std::log(std::exp(z[i * classes + j]) / total);
    }
  }
  return loss / static_cast<double>(n);
}

double binary_entropy(const Tensor<double>& z, const Tensor<double>& t) {
  double loss = 0;
  for (Index i = 0; i < z.elements(); ++i) {
    loss -= t[i] * std::log(logistic(z[i])) + (1 - t[i]) * std::log(1 - logistic(z[i]));
  }
  return loss / static_cast<double>(z.elements());
}

double mean_square(const Tensor<double>& z, const Tensor<double>& t) {
  double loss = 0;
  for (Index i = 0; i < z.elements(); ++i) loss += std::pow(z[i] - t[i], 2);
  return loss / static_cast<double>(z.elements());
}

const std::map<std::string_view, LossFormula> loss_formulas{
    {"cross-entropy", softmax_entropy},
    {"binary-cross-entropy", binary_entropy},
    {"mse", mean_square},
    {"quadratic", [](const auto& z, const auto& t) { return squares(z, t) / 2; }},
    {"sum-of-squares", squares},
};

}  // namespace

TEST_CASE("784-16-16-10 has 13,002 parameters with their shapes and names", "[nn]") {
  Tape tape;
  Random random(1);
  const Mlp mlp(tape, {.layers = {784, 16, 16, 10}}, random);
  CHECK(mlp.parameter_count() == 13002);
  const std::vector<Var> parameters = mlp.parameters();
  REQUIRE(parameters.size() == 6);
  const std::array names{"W1", "b1", "W2", "b2", "W3", "b3"};
  const std::array shapes{Shape{784, 16}, Shape{16},     Shape{16, 16},
                          Shape{16},      Shape{16, 10}, Shape{10}};
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(parameters[i].name() == names[i]);
    CHECK(parameters[i].shape() == shapes[i]);
    CHECK(tape.scope_path(tape.scope_of(parameters[i].id())) ==
          "layer" + std::to_string(i / 2 + 1));
    if (i % 2 == 1) CHECK(value(parameters[i]) == zeros(shapes[i]));
  }
  const Var z = mlp(tape.input(Shape{32, 784}, "x"));
  CHECK(z.shape() == Shape{32, 10});
  CHECK(z.name() == "z");
  // Another batch size, the same parameters.
  const std::size_t before = tape.size();
  CHECK(mlp(tape.input(Shape{5, 784}, "rest")).shape() == Shape{5, 10});
  for (std::size_t id = before; id < tape.size(); ++id) {
    CHECK(tape.label(static_cast<NodeId>(id)) != "W1");
  }

  Tape other;
  Random same(1);
  const Mlp without(other, {.layers = {784, 16, 16, 10}, .bias = false}, same);
  CHECK(without.parameter_count() == 13002 - 42);
  CHECK(without.parameters().size() == 3);
  CHECK(value(without.parameters()[1]) == value(parameters[2]));  // biases draw nothing
}

TEST_CASE("a network computes what a plain loop computes, for every activation", "[nn]") {
  CHECK(activation_formulas.size() == activations().size());
  for (const bool bias : {true, false}) {
    for (const Activation& activation : activations()) {
      INFO(activation.name);
      Tape tape;
      Random random(5);
      const Mlp mlp(tape, {.layers = {4, 6, 5, 3}, .activation = activation.name, .bias = bias},
                    random);
      for (const Linear& layer : mlp.layers()) {
        if (layer.bias()) tape.set(*layer.bias(), normal(layer.bias()->shape(), random));
      }
      const Var x = tape.input(normal({7, 4}, random), "x");
      Tensor<double> wanted = value(x);
      for (std::size_t i = 0; i < 3; ++i) {
        const Linear& layer = mlp.layers()[i];
        CHECK(layer.bias().has_value() == bias);
        const Tensor<double> b = bias ? value(*layer.bias()) : Tensor<double>();
        wanted = linear(wanted, value(layer.weight()), bias ? &b : nullptr);
        if (i == 2) break;  // the last sums come as they are
        for (double& a : wanted) a = activation_formulas.at(activation.name)(a);
      }
      check_close(value(mlp(x)), wanted);
    }
  }
}

TEST_CASE("hidden results have names, and the same seed the same weights", "[nn]") {
  Tape tape;
  Random one(9), two(9);
  const Mlp mlp(tape, {.layers = {3, 4, 5, 2}, .activation = "tanh"}, one);
  const Mlp twin(tape, {.layers = {3, 4, 5, 2}, .activation = "relu"}, two);
  for (std::size_t i = 0; i < mlp.parameters().size(); ++i) {
    CHECK(value(mlp.parameters()[i]) == value(twin.parameters()[i]));
  }
  const std::size_t before = tape.size();
  mlp(tape.input(Shape{2, 3}, "x"));
  std::string names;
  for (std::size_t id = before; id < tape.size(); ++id) {
    const auto name = tape.name(static_cast<NodeId>(id));
    if (!name.empty()) names += std::string(name) + " ";
  }
  CHECK(names == "x h1 h2 z ");
}

TEST_CASE("a network that cannot be is refused", "[nn]") {
  Tape tape;
  Random random(1);
  const auto error = [&](const MlpOptions& options) {
    return scratch::error_of([&] { Mlp(tape, options, random); });
  };
  scratch::check_says(error({.layers = {}}), {"at least the numbers of its inputs and outputs"});
  scratch::check_says(error({.layers = {784}}), {"at least the numbers"});
  scratch::check_says(error({.layers = {3, 0, 2}}),
                      {"the layer layer1 has 3 inputs and 0 outputs"});
  scratch::check_says(error({.layers = {3, 4, -1}}), {"layer2 has 4 inputs and -1 outputs"});
  scratch::check_says(error({.layers = {3, 2}, .activation = "rellu"}), {"did you mean 'relu'?"});
  scratch::check_says(error({.layers = {3, 2}, .init = "random"}),
                      {"unknown initialiser 'random'"});

  const Linear layer(tape, "hidden", 3, 2, find_init("normal"), random);
  CHECK(layer.name() == "hidden");
  const Var wrong = tape.input(Shape{5, 4}, "wrong");
  const std::string message = scratch::error_of<ShapeError>([&] { layer(wrong); });
  for (const char* word : {"wrong", "(5, 4)", "(3, 2)"}) {
    CHECK_THAT(message, Catch::Matchers::ContainsSubstring(word));
  }
}

TEST_CASE("losses are their formulas", "[nn]") {
  CHECK(loss_formulas.size() == losses().size());
  Random random(6);
  for (const Index n : {1, 4}) {
    const Tensor<double> z = normal({n, 5}, random, 0, 2);
    Tensor<double> t({n, 5});
    for (Index i = 0; i < n; ++i) t[i * 5 + random.below(5)] = 1;
    for (const Loss& loss : losses()) {
      INFO(loss.name);
      Tape tape;
      const Var result = loss.apply(tape.input(z, "z"), tape.input(t, "t"));
      CHECK(result.shape() == Shape{});
      CHECK_THAT(item(result), WithinAbs(loss_formulas.at(loss.name)(z, t), 1e-12));
    }
  }
}

TEST_CASE("losses stay finite where a naive formula does not", "[nn]") {
  for (const Loss& loss : losses()) {
    INFO(loss.name);
    Tape tape;
    const Var z = tape.input(Tensor<double>({2, 2}, {-1000, 1000, 800, -800}), "z");
    const Var t = tape.input(Tensor<double>({2, 2}, {1, 0, 1, 0}), "t");
    CHECK(std::isfinite(item(loss.apply(z, t))));
  }
  Tape tape;
  const Var z = tape.input(Tensor<double>({1, 2}, {-1000, 1000}), "z");
  const Var t = tape.input(Tensor<double>({1, 2}, {1, 0}), "t");
  CHECK_THAT(item(find_loss("cross-entropy").apply(z, t)), WithinAbs(2000, 1e-9));
  CHECK_THAT(item(find_loss("binary-cross-entropy").apply(z, t)), WithinAbs(1000, 1e-9));
}
