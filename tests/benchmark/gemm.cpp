// gradus_bench gemm [--shapes networks,squares,32x784x400:NN,...] [--threads T] [--dtype f32|f64]
//                   [--peers openblas,blis,onednn,eigen,PATH,...] [--rounds R] [--ms TURN]
//
// Multiplies with Gradus and with other libraries in turns, in one process, so that a busy or
// slowing machine disturbs all alike; one thread's time is its processor time. A shape is m x k x n
// as in (m x k) times (k x n), then which of the two is stored transposed: 784x32x400:TN is the
// gradient of a layer's weights, X^T dY. Libraries that are not installed are left out. Each line
// has the median, least and most of the rounds; a ratio is the median of the rounds' ratios.

#include <algorithm>
#include <boost/align/aligned_allocator.hpp>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "blas.hpp"
#include "commands.hpp"
#include "gradus/kernels/gemm.hpp"
#include "gradus/kernels/threads.hpp"
#include "options.hpp"
#include "timing.hpp"

namespace benchmark {

namespace {

struct Shape {
  std::int64_t m, k, n;
  bool transpose_a, transpose_b;
  std::string role;

  std::string text() const {
    return std::string{transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N'} + "-" + std::to_string(m) +
           "x" + std::to_string(k) + "x" + std::to_string(n);
  }
};

/// What the layers of the networks of docs/performance.md multiply, forward and backward.
void add_networks(std::vector<Shape>& shapes) {
  struct Network {
    std::int64_t batch;
    std::vector<std::int64_t> layers;
  };
  for (const auto& [batch, layers] :
       {Network{1, {784, 400, 10}}, Network{32, {784, 400, 10}}, Network{128, {784, 400, 10}},
        Network{32, {784, 500, 300, 100, 10}}, Network{100, {784, 16, 16, 10}},
        Network{128, {784, 128, 10}}}) {
    for (std::size_t i = 1; i < layers.size(); ++i) {
      const std::int64_t in = layers[i - 1], out = layers[i];
      shapes.push_back({batch, in, out, false, false, "forward"});  // X W
      shapes.push_back({in, batch, out, true, false, "dW"});        // X^T dY
      shapes.push_back({batch, out, in, false, true, "dX"});        // dY W^T
    }
  }
}

std::vector<Shape> parse_shapes(const std::vector<std::string>& list) {
  std::vector<Shape> shapes;
  for (const std::string& text : list) {
    if (text == "networks") {
      add_networks(shapes);
      continue;
    }
    if (text == "squares") {
      for (const std::int64_t size : {64, 128, 256, 512, 1024, 2048}) {
        for (const int form : {0, 1, 2, 3}) {
          shapes.push_back({size, size, size, form / 2 == 1, form % 2 == 1, "square"});
        }
      }
      continue;
    }
    long long m = 0, k = 0, n = 0;
    char a = 0, b = 0;
    int read = 0;
    std::sscanf(text.c_str(), "%6lldx%6lldx%6lld:%c%c%n", &m, &k, &n, &a, &b, &read);
    if (read != static_cast<int>(text.size()) || read == 0 || m < 1 || n < 1 || k < 1 ||
        (a != 'N' && a != 'T') || (b != 'N' && b != 'T')) {
      throw std::invalid_argument(
          "'" + text +
          "' is neither networks nor squares nor a shape such as 32x784x400:NT: m x k x n, and for "
          "each matrix N, or T if it is stored transposed");
    }
    shapes.push_back({m, k, n, a == 'T', b == 'T', "user"});
  }
  return shapes;
}

double seconds(const std::function<void()>& f, std::int64_t times, bool one_thread) {
  const auto clock = one_thread ? thread_now : now;
  const double start = clock();
  for (std::int64_t i = 0; i < times; ++i) f();
  return clock() - start;
}

/// From the start of a cache line, as tensors are.
template <class T>
using Matrix = std::vector<T, boost::alignment::aligned_allocator<T, 64>>;

template <class T>
void fill(Matrix<T>& x, std::uint32_t seed) {
  for (T& element : x) {
    seed = seed * 1664525u + 1013904223u;
    element = static_cast<T>(seed) / T(4294967296.0) - T(0.5);
  }
}

/// The largest error of a few hundred elements of C, over the square root of k.
template <class T>
double error_of(const GemmCase<T>& g) {
  double worst = 0;
  for (std::int64_t sample = 0; sample < 300; ++sample) {
    const std::int64_t i = sample * 7919 % g.m, j = sample * 104729 % g.n;
    double sum = 0;
    for (std::int64_t p = 0; p < g.k; ++p) {
      sum += static_cast<double>(g.a[g.transpose_a ? p * g.m + i : i * g.k + p]) *
             static_cast<double>(g.b[g.transpose_b ? j * g.k + p : p * g.n + j]);
    }
    worst = std::max(worst, std::abs(sum - static_cast<double>(g.c[i * g.n + j])));
  }
  return worst / std::sqrt(static_cast<double>(g.k));
}

struct Entrant {
  std::string name, kernel;
  std::function<void()> run;
  double error = 0;
  std::vector<double> gflops = {};
};

/// How Gradus compares: for each other library, and for the best of them, each shape's ratio.
struct Ratio {
  std::string shape;
  double value;
};
using Ratios = std::map<std::string, std::vector<Ratio>>;

template <class T>
void measure(const Shape& s, const Options& options, const std::vector<Blas>& others,
             Ratios& ratios) {
  const auto elements = [](std::int64_t rows, std::int64_t cols) {
    return static_cast<std::size_t>(rows * cols);
  };
  Matrix<T> a(elements(s.m, s.k)), b(elements(s.k, s.n)), c(elements(s.m, s.n));
  fill(a, 1), fill(b, 2);
  const GemmCase<T> g{s.transpose_a, s.transpose_b, s.m, s.n, s.k, a.data(), b.data(), c.data()};

  std::vector<Entrant> entrants;
  entrants.push_back({"gradus", std::string(gradus::kernels::gemm_architecture()), [&g] {
                        gradus::kernels::gemm<T>(g.transpose_a, g.transpose_b, g.m, g.n, g.k, T(1),
                                                 g.a, g.lda(), g.b, g.ldb(), T(0), g.c, g.n);
                      }});
  for (const Blas& blas : others) {
    if (blas.can(T())) entrants.push_back({blas.name(), blas.kernel(), [&] { blas.run(g); }});
  }

  const int threads = options.threads();
  const bool alone = threads == 1;
  const double turn = options.count("ms") / 1e3;
  const double flop =
      2.0 * static_cast<double>(s.m) * static_cast<double>(s.n) * static_cast<double>(s.k);
  std::int64_t times = 1;
  for (Entrant& entrant : entrants) {
    std::fill(c.begin(), c.end(), T(-77));
    entrant.run();
    entrant.error = error_of(g);
    if (&entrant == &entrants[0]) {
      seconds(entrant.run, 3, alone);
      const double once = seconds(entrant.run, 3, alone) / 3;
      times = static_cast<std::int64_t>(std::max(1.0, turn / std::max(once, 1e-9)));
    }
  }
  for (int round = 0; round < options.count("rounds"); ++round) {
    for (Entrant& entrant : entrants) {
      if (threads > 1) let_threads_sleep();
      seconds(entrant.run, std::min<std::int64_t>(times, 3),
              alone);  // caches and threads awake again
      entrant.gflops.push_back(flop * static_cast<double>(times) /
                               seconds(entrant.run, times, alone) / 1e9);
    }
  }

  const std::string workload = "gemm-" + options.text("dtype") + "-" + s.text();
  const double most_error = std::is_same_v<T, float> ? 2e-5 : 1e-13;
  for (const Entrant& e : entrants) {
    const auto [least, most] = std::minmax_element(e.gflops.begin(), e.gflops.end());
    const double gflops = median(e.gflops);
    std::printf(
        "peer=%s workload=%s role=%s threads=%d gflops=%.2f gflops_min=%.2f gflops_max=%.2f "
        "us=%.3f kernel=%s check=%s err=%.1e spread=%.3f\n",
        e.name.c_str(), workload.c_str(), s.role.c_str(), threads, gflops, *least, *most,
        flop / gflops / 1e3, e.kernel.c_str(), e.error < most_error ? "ok" : "WRONG", e.error,
        (*most - *least) / gflops);
  }
  if (entrants.size() > 1) {
    Ratio best{s.text(), 1e9};
    std::string line;
    for (std::size_t i = 1; i < entrants.size(); ++i) {
      std::vector<double> rounds;
      for (std::size_t r = 0; r < entrants[0].gflops.size(); ++r) {
        rounds.push_back(entrants[0].gflops[r] / entrants[i].gflops[r]);
      }
      const double ratio = median(rounds);
      ratios[entrants[i].name].push_back({s.text(), ratio});
      best.value = std::min(best.value, ratio);
      line += " to_" + entrants[i].name + "=" + std::to_string(ratio).substr(0, 5);
    }
    ratios["best"].push_back(best);
    std::printf("ratio workload=%s threads=%d%s to_best=%.3f\n", workload.c_str(), threads,
                line.c_str(), best.value);
  }
  std::fflush(stdout);
}

void print_summary(const Ratios& all, const Options& options) {
  for (const auto& [peer, ratios] : all) {
    double logs = 0;
    for (const Ratio& ratio : ratios) logs += std::log(ratio.value);
    const Ratio& worst =
        *std::min_element(ratios.begin(), ratios.end(),
                          [](const Ratio& x, const Ratio& y) { return x.value < y.value; });
    const auto below = std::count_if(ratios.begin(), ratios.end(),
                                     [](const Ratio& ratio) { return ratio.value < 0.95; });
    std::printf(
        "summary to=%s dtype=%s threads=%d shapes=%zu geomean=%.3f below_0.95=%td worst=%.3f "
        "worst_shape=%s\n",
        peer.c_str(), options.text("dtype").c_str(), options.threads(), ratios.size(),
        std::exp(logs / static_cast<double>(ratios.size())), below, worst.value,
        worst.shape.c_str());
  }
}

}  // namespace

void gemm(const std::vector<std::string>& words) {
  const Options options({{"shapes", "networks,squares"},
                         {"threads", "1"},
                         {"dtype", "f32"},
                         {"peers", "openblas,blis,onednn,eigen"},
                         {"rounds", "9"},
                         {"ms", "5"}},
                        words);
  const bool f32 = options.is_f32("dtype");
  const std::vector<Shape> shapes = parse_shapes(options.list("shapes"));
  gradus::kernels::set_threads(options.threads());

  std::vector<Blas> others;
  for (const std::string& name : options.list("peers")) {
    if (auto blas = Blas::open(name, options.threads())) {
      others.push_back(*blas);
    } else {
      std::printf("# %s is not installed\n", name.c_str());
    }
  }

  Ratios ratios;
  for (const Shape& shape : shapes) {
    if (f32) {
      measure<float>(shape, options, others, ratios);
    } else {
      measure<double>(shape, options, others, ratios);
    }
  }
  print_summary(ratios, options);
}

}  // namespace benchmark
