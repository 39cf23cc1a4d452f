// Writes the steppers that the browser tests look at:  make_steppers FOLDER
#include <array>
#include <iostream>

#include "gradus/explain/html.hpp"
#include "gradus/gradus.hpp"
#include "page_files.hpp"

using namespace gradus;

namespace {

void step(const std::string& name, const std::string& title, Var result, std::span<const Var> wrt,
          bool with_dot = true) {
  explain::HtmlOptions options;
  options.title = title;
  if (with_dot) options.graphviz = pages::graphviz;
  pages::write(name + ".html", explain::to_html(explain::walk(result, wrt), options));
}

/// L = (a·b + a)², where a is used twice: 2, -3.
void branches(bool with_dot) {
  Tape tape;
  const Var a = tape.parameter(2, "a");
  const Var b = tape.parameter(-3, "b");
  const Var m = (a * b).named("m");
  const Var s = (m + a).named("s");
  const Var loss = (s * s).named("L");
  step(with_dot ? "branches" : "branches-without-dot", "L = (a·b + a)²", loss, std::array{a, b},
       with_dot);
}

void neuron() {
  Tape tape;
  const Var x = tape.input(2, "x");
  const Var w = tape.parameter(0.5, "w");
  const Var b = tape.parameter(-0.4, "b");
  const Var wx = w * x;
  const Var z = (wx + b).named("z");
  const Var y = tanh(z).named("y");
  const Var e = (y - 1).named("e");
  step("neuron", "loss = (tanh(w·x + b) − 1)²", square(e).named("loss"), std::array{w, x, b});
}

/// A chain of 50 nodes and more.
void fifty() {
  Tape tape;
  const Var x = tape.parameter(0.7, "x");
  const Var y = tape.parameter(-1.3, "y");
  Var sum = x * y;
  for (int k = 1; k <= 11; ++k) {
    const Var product = x * sum;
    const Var wave = k % 2 == 0 ? sin(product) : tanh(product);
    const Var next = wave + y;
    sum = k % 3 == 0 ? next * next : next * 0.5;
  }
  step("fifty", "a formula of more than fifty nodes", sum.named("f"), std::array{x, y});
}

void network() {
  Tape tape;
  const Var x = tape.input(Tensor<double>({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}), "X");
  const Var t = tape.input(Tensor<double>({4, 1}, {0, 1, 1, 0}), "T");
  Random random(1);
  const Var w1 = tape.parameter(Tensor<double>({2, 8}, {.6, -.4, .3, .9, -.7, .2, .5, -.1, .8, .1,
                                                        -.6, .4, .7, -.3, .2, -.9}),
                                "W1");
  const Var b1 = tape.parameter(Tensor<double>({8}), "b1");
  const Var w2 = tape.parameter(Tensor<double>({8, 1}, 0.25), "W2");
  Var h, z;
  {
    auto scope = tape.scope("hidden");
    const Var product = matmul(x, w1);
    h = sigmoid((product + b1).named("Z")).named("H");
  }
  {
    auto scope = tape.scope("output");
    z = matmul(h, w2).named("Y");
  }
  const Var e = (z - t).named("E");
  step("network", "loss = mean((sigmoid(X W1 + b1) W2 − T)²)", mean(square(e)).named("loss"),
       std::array{w1, b1, w2});
}

/// Names that would break a page that believed them.
void nasty() {
  Tape tape;
  const Var a = tape.parameter(2, "</script><b onmouseover=alert(1)>bold");
  const Var b = tape.parameter(-3, "\"'<!--\\u003c&amp;]]>\n");
  const Var m = (a * b).named("<img src=x onerror=alert(2)>");
  step("nasty", "</title><script>document.title = 'broken'</script>", (m * m).named("<!--steps-->"),
       std::array{a, b});
}

/// Values that are very large, very small, infinite, or no numbers.
void huge_numbers() {
  Tape tape;
  const Var x = tape.parameter(1e-200, "x");
  const Var y = tape.parameter(3e150, "y");
  const Var q = ((y * y) * (x / y)).named("q");
  step("huge-numbers", "y² · x/y, and log 0", (q + log((x * x))).named("f"), std::array{x, y});
}

/// No gradient: the result is a tensor.
void forward_only() {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>({3}, {-1, 0, 2}), "x");
  step("forward-only", "relu(x)", relu(x).named("y"), std::array{x});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_steppers FOLDER\n";
    return 2;
  }
  pages::folder = argv[1];
  std::filesystem::create_directories(pages::folder);
  branches(true);
  branches(false);
  neuron();
  fifty();
  network();
  nasty();
  huge_numbers();
  forward_only();
}
