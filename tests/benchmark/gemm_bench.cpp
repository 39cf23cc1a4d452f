// Compares gemm() with OpenBLAS, in one process and in turns, so that a busy or slowing machine
// disturbs both alike.
//
//   gemm_bench [--shapes 512x512x512:NN,32x128x784:TN,...] [--threads T] [--dtype f32|f64]
//              [--openblas PATH-OR-SONAME] [--rounds R]
//
// A shape is m x n x k as in C (m x n) = op(A) (m x k) op(B) (k x n), then which of A and B is
// transposed. Prints `key=value` lines; gflops is the median of the rounds, ratio the median of the
// rounds' ratios.

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "gradus/kernels/gemm.hpp"
#include "gradus/kernels/threads.hpp"

namespace {

struct Shape {
  std::int64_t m, n, k;
  bool transpose_a, transpose_b;
  std::string text;
};

struct Options {
  std::string shapes =
      "512x512x512:NN,32x128x784:NN,784x128x32:TN,32x784x128:NT,10000x128x784:NN,32x10x128:NN,"
      "128x10x32:TN,32x128x10:NT,1x128x784:NN,784x128x1:TN";
  std::string dtype = "f32", openblas = "libopenblas.so.0";
  int threads = 1, rounds = 15;
};

/// cblas_sgemm and cblas_dgemm have this type; 101 is row-major, 111 plain, 112 transposed.
template <class T>
using CblasGemm = void (*)(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*,
                           int);

void* open_openblas(const Options& options) {
  void* handle = dlopen(options.openblas.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    std::printf("# no OpenBLAS (%s): measuring Gradus alone\n", dlerror());
    return nullptr;
  }
  if (void* set = dlsym(handle, "openblas_set_num_threads")) {
    reinterpret_cast<void (*)(int)>(set)(options.threads);
  }
  if (void* core = dlsym(handle, "openblas_get_corename")) {
    std::printf("# OpenBLAS core: %s\n", reinterpret_cast<const char* (*)()>(core)());
  }
  return handle;
}

std::vector<Shape> parse_shapes(const std::string& list) {
  std::vector<Shape> shapes;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t comma = std::min(list.find(',', at), list.size());
    const std::string text = list.substr(at, comma - at);
    long long m = 0, n = 0, k = 0;
    char a = 0, b = 0;
    if (std::sscanf(text.c_str(), "%lldx%lldx%lld:%c%c", &m, &n, &k, &a, &b) != 5 || m < 1 ||
        n < 1 || k < 1 || (a != 'N' && a != 'T') || (b != 'N' && b != 'T')) {
      throw std::invalid_argument("'" + text + "' is not a shape such as 512x512x512:NT");
    }
    shapes.push_back(
        {m, n, k, a == 'T', b == 'T', std::string{a, b} + "-" + text.substr(0, text.find(':'))});
    at = comma + 1;
  }
  return shapes;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string key = argv[i];
    if (i + 1 == argc) throw std::invalid_argument(key + " needs a value");
    const std::string value = argv[i + 1];
    if (key == "--shapes") {
      options.shapes = value;
    } else if (key == "--threads") {
      options.threads = std::stoi(value);
    } else if (key == "--dtype" && (value == "f32" || value == "f64")) {
      options.dtype = value;
    } else if (key == "--openblas") {
      options.openblas = value;
    } else if (key == "--rounds") {
      options.rounds = std::max(1, std::stoi(value));
    } else {
      throw std::invalid_argument("what is " + key + " " + value + "?");
    }
  }
  return options;
}

double seconds(const std::function<void()>& f, std::int64_t times) {
  const auto start = std::chrono::steady_clock::now();
  for (std::int64_t i = 0; i < times; ++i) f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return (x[(x.size() - 1) / 2] + x[x.size() / 2]) / 2;
}

template <class T>
void measure(const Shape& s, const Options& options, void* library) {
  const auto elements = [](std::int64_t rows, std::int64_t cols) {
    return static_cast<std::size_t>(rows * cols);
  };
  std::vector<T> a(elements(s.m, s.k)), b(elements(s.k, s.n)), c(elements(s.m, s.n)), d(c);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<T>(i % 17) / 16 - T(0.5);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<T>(i % 23) / 22 - T(0.5);
  const std::int64_t lda = s.transpose_a ? s.m : s.k, ldb = s.transpose_b ? s.k : s.n;

  struct Peer {
    std::string name;
    std::function<void()> run;
    std::vector<double> gflops;
  };
  std::vector<Peer> peers;
  peers.push_back({"gradus",
                   [&] {
                     gradus::kernels::gemm<T>(s.transpose_a, s.transpose_b, s.m, s.n, s.k, T(1),
                                              a.data(), lda, b.data(), ldb, T(0), c.data(), s.n);
                   },
                   {}});
  const char* symbol = std::is_same_v<T, float> ? "cblas_sgemm" : "cblas_dgemm";
  if (void* f = library != nullptr ? dlsym(library, symbol) : nullptr) {
    const auto blas = reinterpret_cast<CblasGemm<T>>(f);
    const auto narrow = [](std::int64_t x) { return static_cast<int>(x); };
    peers.push_back({"openblas",
                     [&, blas, narrow] {
                       blas(101, s.transpose_a ? 112 : 111, s.transpose_b ? 112 : 111, narrow(s.m),
                            narrow(s.n), narrow(s.k), T(1), a.data(), narrow(lda), b.data(),
                            narrow(ldb), T(0), d.data(), narrow(s.n));
                     },
                     {}});
  }

  const double flop =
      2.0 * static_cast<double>(s.m) * static_cast<double>(s.n) * static_cast<double>(s.k);
  for (Peer& peer : peers) seconds(peer.run, 3);  // warm the caches, the threads and the clock
  // A round is long enough for the clock's resolution and short enough for many turns.
  const auto times =
      static_cast<std::int64_t>(std::max(1.0, 0.01 / (seconds(peers[0].run, 10) / 10)));
  for (int round = 0; round < options.rounds; ++round) {
    for (Peer& peer : peers) {
      peer.gflops.push_back(flop * static_cast<double>(times) / seconds(peer.run, times) / 1e9);
    }
  }

  const std::string workload = "gemm-" + options.dtype + "-" + s.text;
  for (const Peer& peer : peers) {
    const auto [least, most] = std::minmax_element(peer.gflops.begin(), peer.gflops.end());
    std::printf("peer=%s workload=%s threads=%d gflops=%.2f gflops_min=%.2f gflops_max=%.2f\n",
                peer.name.c_str(), workload.c_str(), options.threads, median(peer.gflops), *least,
                *most);
  }
  if (peers.size() == 2) {
    std::vector<double> ratios;
    double apart = 0;
    for (std::size_t i = 0; i < peers[0].gflops.size(); ++i) {
      ratios.push_back(peers[0].gflops[i] / peers[1].gflops[i]);
    }
    for (std::size_t i = 0; i < c.size(); ++i) {
      apart = std::max(apart, static_cast<double>(std::abs(c[i] - d[i])));
    }
    const auto best = [](const Peer& p) {
      return *std::max_element(p.gflops.begin(), p.gflops.end());
    };
    std::printf("workload=%s threads=%d ratio=%.3f ratio_of_best=%.3f largest_difference=%.2g\n",
                workload.c_str(), options.threads, median(ratios), best(peers[0]) / best(peers[1]),
                apart);
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = parse(argc, argv);
    const std::vector<Shape> shapes = parse_shapes(options.shapes);
    gradus::kernels::set_threads(options.threads);
    std::printf("# Gradus: %s\n", std::string(gradus::kernels::gemm_architecture()).c_str());
    void* library = open_openblas(options);
    for (const Shape& shape : shapes) {
      if (options.dtype == "f32") {
        measure<float>(shape, options, library);
      } else {
        measure<double>(shape, options, library);
      }
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gemm_bench: %s\n", error.what());
    return 1;
  }
}
