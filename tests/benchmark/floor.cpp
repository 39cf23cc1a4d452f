// gradus_bench floor [--model ...] [--batch N] [--threads T] [--dtype f32|f64] [--data DIR] ...
//                    [--library gradus|openblas|blis|onednn|eigen|PATH] [--split rows|columns]
//                    [--skip-zeros]
//
// Times a training step that is written by hand, without a tape, on a library's matrix product:
// what Gradus can be compared with. The other options are those of `train`. --split says how
// threads share the products; --skip-zeros, for a batch of 1, leaves out rows of weights that meet
// a pixel of 0.

#include <cstdio>
#include <stdexcept>

#include "commands.hpp"
#include "floor_step.hpp"
#include "gradus/kernels/threads.hpp"
#include "timing.hpp"

namespace benchmark {

namespace {

template <class T>
void run(const Options& options) {
  const Network network = read_network(options);
  const int threads = options.threads();
  const std::string& library = options.text("library");
  std::optional<Blas> blas;
  if (library != "gradus") {
    blas = Blas::open(library, 1);
    if (!blas) throw std::invalid_argument("the library " + library + " is not installed");
    if (!blas->can(T())) throw std::invalid_argument(library + " has no product of this dtype");
  }
  const std::string& split = options.text("split");
  if (split != "rows" && split != "columns") {
    throw std::invalid_argument("--split is rows or columns, not '" + split + "'");
  }
  gradus::kernels::set_threads(1);  // the step has threads of its own
  FloorStep<T> step(network, threads, blas, split == "rows" ? Split::rows : Split::columns,
                    options.flag("skip-zeros"));
  const Digits<T> digits = read_digits<T>(options, network);
  Index steps = 0;
  const auto train = [&](long count) {
    for (const Index end = steps + count; steps < end; ++steps) {
      step.run(digits.batch(digits.x, network.batch, steps),
               digits.batch(digits.target, network.batch, steps));
    }
  };
  train(50);
  const double loss50 = step.loss();
  const Timing t = measure(train, options.number("secs"), options.count("reps"), threads);
  std::printf(
      "peer=floor-%s%s workload=%s dtype=%s threads=%d %s samples_per_s=%.0f gflops=%.2f "
      "loss50=%.6f kernel=%s split=%s %s\n",
      library.c_str(), options.flag("skip-zeros") ? "-skip-zeros" : "", network.name().c_str(),
      options.text("dtype").c_str(), threads, text(t, "ms_per_step", 1e3).c_str(),
      static_cast<double>(network.batch) / t.median, network.flops() / t.median / 1e9, loss50,
      blas ? blas->kernel().c_str() : "gradus", split.c_str(), noise_text(t).c_str());
}

}  // namespace

void floor(const std::vector<std::string>& words) {
  auto defaults = timed_network_options();
  defaults.insert({{"library", "gradus"}, {"split", "columns"}, {"skip-zeros", "no"}});
  const Options options(defaults, words);
  if (options.is_f32("dtype")) {
    run<float>(options);
  } else {
    run<double>(options);
  }
}

}  // namespace benchmark
