// gradus_bench train [--model a|b|c|d] [--batch N] [--threads T] [--dtype f32|f64] [--data DIR]
//                    [--secs S] [--reps R] [--lr RATE]
//                    [--layers 784-128-10] [--act sigmoid|relu] [--out ce|mse]
//                    [--passes all|none|all,-NAME...] [--profile] [--once]
//
// Times a training step: loss, gradients, new parameters. loss50 is the loss of the fiftieth step,
// which must agree with that of other libraries. --profile tells where the time goes, instruction
// by instruction. --once makes one step with a batch of zeros, reads no data, and ends: for
// measuring how long it takes from the start of the process.

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "commands.hpp"
#include "gradus/kernels/gemm.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/run/cost.hpp"
#include "options.hpp"
#include "timing.hpp"
#include "training_step.hpp"

namespace benchmark {

namespace {

/// "(32, 784) (784, 400) -> (32, 400)"
std::string shapes_text(const gradus::Program& program, std::size_t instruction) {
  const auto shape = [&](std::uint32_t value) {
    return to_string(program.shape(program.values()[value].shape));
  };
  std::string text;
  for (const std::uint32_t operand : program.operands(instruction)) text += shape(operand) + " ";
  return text + "-> " + shape(program.result(instruction));
}

/// What one instruction, or all of one op, take.
struct Share {
  double ns = 0;
  double flops = 0, bytes = 0;
  int launches = 0;
};

void print_share(const Share& share, double total, const std::string& what) {
  std::printf("%10.2f %6.1f%% %8.2f %8.2f  %s\n", share.ns / 1e3, 100 * share.ns / total,
              share.flops / share.ns, share.bytes / share.ns, what.c_str());
}

/// Where the time of a step goes: the median of many steps, for each instruction and for each op.
template <class T>
void print_profile(TrainingStep<T>& step, const Digits<T>& digits, const Network& network,
                   double seconds) {
  const gradus::Program& program = step.program();
  const std::size_t count = program.size();
  std::vector<std::vector<double>> samples(count + 1);
  std::vector<double> times(count + 1);
  const double end = now() + seconds;
  for (Index i = 0; now() < end || i < 10; ++i) {
    step.bind(digits.batch(digits.x, network.batch, i),
              digits.batch(digits.target, network.batch, i));
    step.executor().run_timed(times);
    for (std::size_t k = 0; k <= count; ++k) samples[k].push_back(times[k]);
  }
  double total = 0;
  for (auto& sample : samples) total += median(sample);

  std::map<std::string, Share> ops;
  std::printf("%10s %7s %8s %8s  instruction: the median of %zu steps\n", "us", "share", "GFLOP/s",
              "GB/s", samples[0].size());
  for (std::size_t k = 0; k <= count; ++k) {
    Share share{.ns = median(samples[k]), .launches = 1};
    std::string name = "copies of new parameters";
    std::string what = std::to_string(program.copies().size()) + " " + name;
    if (k < count) {
      const auto& instruction = program.instructions()[k];
      name = instruction.op->name();
      share.flops = static_cast<double>(program.flops(k));
      share.bytes = static_cast<double>(bytes_moved(program, k, sizeof(T)));
      what = "#" + std::to_string(program.values()[program.result(k)].node) + " " + name + " " +
             shapes_text(program, k);
    } else if (program.copies().empty()) {
      continue;
    }
    print_share(share, total, what);
    Share& sum = ops[name];
    sum.ns += share.ns;
    sum.flops += share.flops;
    sum.bytes += share.bytes;
    ++sum.launches;
  }
  std::vector<std::pair<std::string, Share>> by_time(ops.begin(), ops.end());
  std::sort(by_time.begin(), by_time.end(),
            [](const auto& a, const auto& b) { return a.second.ns > b.second.ns; });
  std::printf("\n%10s %7s %8s %8s  op\n", "us", "share", "GFLOP/s", "GB/s");
  for (const auto& [name, share] : by_time) {
    print_share(share, total, name + " x " + std::to_string(share.launches));
  }
  std::printf("%10.2f  the step, with %zu readings of the clock\n", total / 1e3, count + 1);
}

template <class T>
void run(const Options& options) {
  const Network network = read_network(options);
  const int threads = options.threads();
  TrainingStep<T> step(network, gradus::Passes::parse(options.text("passes")));
  if (options.flag("once")) {
    const gradus::Tensor<T> x({network.batch, network.layers.front()});
    const gradus::Tensor<T> target({network.batch, network.layers.back()});
    step.run(x, target);
    std::printf("loss=%.6f rss_mb=%.1f\n", step.loss(), most_resident_mb());
    return;
  }

  const Digits<T> digits = read_digits<T>(options, network);
  const double data_mb = resident_mb();
  Index steps = 0;
  const auto train = [&](long count) {
    for (const Index end = steps + count; steps < end; ++steps) {
      step.run(digits.batch(digits.x, network.batch, steps),
               digits.batch(digits.target, network.batch, steps));
    }
  };
  train(50);
  const double loss50 = step.loss();
  if (options.flag("profile")) {
    print_profile(step, digits, network, 10 * options.number("secs"));
    return;
  }
  const Timing t = measure(train, options.number("secs"), options.count("reps"), threads);

  const gradus::Program& program = step.program();
  double bytes = 0;
  for (std::size_t k = 0; k < program.size(); ++k) {
    bytes += static_cast<double>(bytes_moved(program, k, sizeof(T)));
  }
  std::printf(
      "peer=gradus workload=%s dtype=%s threads=%d %s samples_per_s=%.0f gflops=%.2f loss50=%.6f "
      "launches=%zu flops=%.0f bytes_moved=%.0f peak_bytes=%lld least_bytes=%lld rss_mb=%.1f "
      "rss_data_mb=%.1f kernel=%s %s\n",
      network.name().c_str(), options.text("dtype").c_str(), threads,
      text(t, "ms_per_step", 1e3).c_str(), static_cast<double>(network.batch) / t.median,
      network.flops() / t.median / 1e9, loss50, program.size(),
      static_cast<double>(program.flops()), bytes,
      static_cast<long long>(program.peak_bytes(sizeof(T))),
      static_cast<long long>(program.least_bytes(sizeof(T))), most_resident_mb(), data_mb,
      std::string(gradus::kernels::gemm_architecture()).c_str(), noise_text(t).c_str());
}

}  // namespace

void train(const std::vector<std::string>& words) {
  auto defaults = timed_network_options();
  defaults.insert({{"passes", "all"}, {"profile", "no"}, {"once", "no"}});
  const Options options(defaults, words);
  gradus::kernels::set_threads(options.threads());
  if (options.is_f32("dtype")) {
    run<float>(options);
  } else {
    run<double>(options);
  }
}

}  // namespace benchmark
