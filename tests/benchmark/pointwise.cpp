// gradus_bench pointwise: nanoseconds an element of the ops that are computed element by element,
// and of reductions, beside the C library's functions where an op was one.
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <random>

#include "commands.hpp"
#include "gradus/gradus.hpp"
#include "gradus/kernels/architecture.hpp"
#include "options.hpp"
#include "timing.hpp"

namespace benchmark {
namespace {

using gradus::Index;
using gradus::Op;
using gradus::Shape;
using gradus::Tensor;
using gradus::View;

double nanoseconds(const std::function<void()>& f, int times) {
  const auto clock = gradus::kernels::threads() == 1 ? thread_now : now;
  const double start = clock();
  for (int i = 0; i < times; ++i) f();
  return (clock() - start) / times * 1e9;
}

/// The least of several rounds of a tenth of a millisecond, in turns.
std::vector<double> least(const std::vector<std::function<void()>>& entrants, int rounds) {
  std::vector<double> best;
  for (const auto& entrant : entrants) best.push_back(nanoseconds(entrant, 3));
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < entrants.size(); ++i) {
      const int times = static_cast<int>(std::clamp(1e5 / best[i], 1.0, 1e4));
      best[i] = std::min(best[i], nanoseconds(entrants[i], times));
    }
  }
  return best;
}

/// The ops as they would be with the C library's functions.
template <class T>
const std::map<std::string_view, T (*)(T)>& by_library() {
  static const std::map<std::string_view, T (*)(T)> functions{
      {"exp", [](T x) { return std::exp(x); }},
      {"log", [](T x) { return std::log(x); }},
      {"tanh", [](T x) { return std::tanh(x); }},
      {"sigmoid",
       [](T x) {
         const T e = std::exp(-std::abs(x));
         return (x < 0 ? e : T{1}) / (1 + e);
       }},
      {"elu", [](T x) { return x > 0 ? x : std::expm1(x); }},
      {"softplus", [](T x) { return (x <= 0 ? T{0} : x) + std::log1p(std::exp(-std::abs(x))); }},
  };
  return functions;
}

void print(const char* dtype, std::string_view op, const Shape& shape, double time) {
  const auto elements = static_cast<double>(shape.elements());
  std::printf("op=%s dtype=%s arch=%s shape=%s us=%.2f ns_per_element=%.3f",
              std::string(op).c_str(), dtype,
              std::string(name(gradus::kernels::architecture())).c_str(), to_string(shape).c_str(),
              time / 1e3, time / elements);
}

template <class T>
void measure(const char* dtype, const Shape& shape, int rounds) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::vector<Tensor<T>> x(3, Tensor<T>(shape));
  Tensor<T> y(shape);
  for (const Op* op : gradus::all_ops()) {
    const bool along =
        op->name() == "softmax" || op->name() == "log_softmax" || op->name() == "argmax";
    const bool over = op->name() == "sum" || op->name() == "max";
    if (!op->pointwise() && !along && !over) continue;
    const bool positive = op->domain().low > 0;
    for (Tensor<T>& operand : x) {
      for (T& v : operand) v = static_cast<T>(positive ? std::exp(normal(random)) : normal(random));
    }
    std::vector<View<const T>> operands;
    for (int i = 0; i < op->arity(); ++i) {
      const Tensor<T>& operand = x[static_cast<std::size_t>(i)];
      operands.push_back({operand.data(), &operand.shape()});
    }
    std::vector<std::pair<std::string, gradus::Attributes>> ways;
    if (over) {
      ways = {{" rows", gradus::Axes{2, false}}, {" columns", gradus::Axes{1, false}}};
    } else if (along) {
      ways = {{"", gradus::Axis{1}}};
    } else {
      ways = {{"", gradus::Number{1}}};
    }
    for (const auto& [way, attributes] : ways) {
      const std::vector<Shape> shapes(operands.size(), shape);
      const Shape result = op->shape(shapes, attributes);
      const gradus::Forward<T> args{operands, {y.data(), &result}, attributes};
      std::vector<std::function<void()>> entrants{[&] { op->forward(args); }};
      const auto library = by_library<T>().find(op->name());
      if (library != by_library<T>().end()) {
        entrants.push_back(
            [&, f = library->second] { std::transform(x[0].begin(), x[0].end(), y.begin(), f); });
      }
      const std::vector<double> time = least(entrants, rounds);
      std::string words(op->name());
      words += way;
      std::replace(words.begin(), words.end(), ' ', '_');
      print(dtype, words, shape, time[0]);
      if (time.size() > 1) {
        std::printf(" library_ns_per_element=%.3f ratio=%.1f",
                    time[1] / static_cast<double>(shape.elements()), time[1] / time[0]);
      }
      std::printf("\n");
    }
  }
}

}  // namespace

void pointwise(const std::vector<std::string>& words) {
  const Options options(
      {{"rows", "128"}, {"columns", "400"}, {"dtype", "f32"}, {"threads", "1"}, {"rounds", "50"}},
      words);
  gradus::kernels::set_threads(options.threads());
  const Shape shape{options.count("rows"), options.count("columns")};
  if (options.is_f32("dtype")) {
    measure<float>("f32", shape, options.count("rounds"));
  } else {
    measure<double>("f64", shape, options.count("rounds"));
  }
}

}  // namespace benchmark
