// gradus_bench tape [--nodes N,N,...] [--workload chain|smlp|random] [--dtype f64|f32]
//                   [--rounds R] [--ms TURN]
//
// Tapes of single numbers, as micrograd has them: recorded, differentiated, compiled, run once, and
// run again and again. Times are nanoseconds of the processor for one node of the forward pass,
// bytes are those that are taken for one: what its adjoint nodes cost is in them.
//
//   chain    x = x*a and x = x+b in turns; the gradients by x0, a and b
//   smlp     a network 2-16-16-1 with ReLU where each multiplication, addition and ReLU is a node,
//            on as many points as make about N nodes (643 a point); squared errors, a step of SGD
//   random   formulas of 250 nodes: mul, add, neg, relu, tanh, sin of what was recorded shortly
//            before, never twice the same; their sum

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "commands.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
#include "options.hpp"
#include "timing.hpp"

namespace benchmark {
namespace {

using gradus::Tape;
using gradus::Var;

/// What is recorded: a loss, what to differentiate it by, and how many nodes the loss took.
struct Recording {
  std::string name;
  Var loss;
  std::vector<Var> wrt;
  std::size_t nodes = 0;
  bool train = false;  // a step of SGD follows
};

/// Numbers that every peer draws alike: SplitMix64 of a seed and a position.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}
double uniform(std::uint64_t seed, std::uint64_t i) {
  return static_cast<double>(mix(seed * 0x100000001B3u + i) >> 11) * 0x1p-53;
}

Recording chain(Tape& tape, std::size_t nodes) {
  Var x = tape.parameter(1.0, "x0");
  const Var a = tape.parameter(0.999999, "a"), b = tape.parameter(1e-6, "b");
  Recording recording{"chain-" + std::to_string(nodes), {}, {x, a, b}, nodes};
  for (std::size_t i = 0; i < nodes; ++i) x = i % 2 == 0 ? x * a : x + b;
  recording.loss = x;
  return recording;
}

Recording smlp(Tape& tape, std::size_t nodes) {
  const std::vector<std::size_t> layers{2, 16, 16, 1};
  const std::size_t points = std::max<std::size_t>((nodes + 321) / 643, 1);
  Recording recording{"smlp-2-16-16-1-p" + std::to_string(points), {}, {}, points * 643, true};
  std::vector<Var>& weights = recording.wrt;  // of each neuron: its weights, then its bias
  for (std::size_t l = 1; l < layers.size(); ++l) {
    const double scale = 1 / std::sqrt(static_cast<double>(layers[l - 1]));
    for (std::size_t o = 0; o < layers[l]; ++o) {
      for (std::size_t i = 0; i < layers[l - 1]; ++i) {
        weights.push_back(tape.parameter((2 * uniform(9, weights.size()) - 1) * scale));
      }
      weights.push_back(tape.parameter(0.0));
    }
  }
  Var loss = tape.constant(0.0);
  std::vector<Var> h, above;
  for (std::size_t p = 0; p < points; ++p) {
    const double t = 3.14159265358979 * uniform(5, p);
    const bool second = p % 2 == 1;  // of the two moons
    h = {tape.constant(second ? 1 - std::cos(t) : std::cos(t)),
         tape.constant(second ? 0.5 - std::sin(t) : std::sin(t))};
    std::size_t w = 0;
    for (std::size_t l = 1; l < layers.size(); ++l) {
      above.clear();
      for (std::size_t o = 0; o < layers[l]; ++o) {
        Var s = weights[w + layers[l - 1]];
        for (std::size_t i = 0; i < layers[l - 1]; ++i) s = s + weights[w + i] * h[i];
        w += layers[l - 1] + 1;
        above.push_back(l + 1 < layers.size() ? relu(s) : s);
      }
      h.swap(above);
    }
    const Var error = h[0] + tape.constant(second ? -1 : 1);
    loss = loss + error * error;
  }
  recording.loss = loss;
  return recording;
}

Recording random(Tape& tape, std::size_t nodes) {
  const Var a = tape.parameter(0.7, "a"), b = tape.parameter(-0.4, "b");
  Recording recording{"random-" + std::to_string(nodes), {}, {a, b}, 0};
  Var total = a * b;
  std::vector<Var> recent;
  std::vector<double> size;  // bounds of their values, which are kept small
  std::uint64_t draws = 0;
  while (tape.size() < nodes) {
    recent = {a, b};
    size = {1, 1};
    while (recent.size() < 250) {
      const std::uint64_t draw = mix(draws++);
      const auto pick = [&](unsigned shift) {
        return recent.size() - 1 - (draw >> shift) % std::min<std::size_t>(recent.size(), 32);
      };
      const std::size_t i = pick(8), j = pick(16);
      const auto add = [&](Var y, double bound) {
        recent.push_back(y);
        size.push_back(bound);
      };
      const std::uint64_t op = size[i] + size[j] > 4 ? 5 + draw % 2 : draw % 8;
      if (op < 2) {
        add(recent[i] * recent[j], size[i] * size[j]);
      } else if (op < 4) {
        add(recent[i] + recent[j], size[i] + size[j]);
      } else if (op == 4) {
        add(relu(recent[i]), size[i]);
      } else if (op == 5) {
        add(tanh(recent[i]), 1);
      } else if (op == 6) {
        add(sin(recent[i]), 1);
      } else {
        add(-recent[i], size[i]);
      }
    }
    for (std::size_t i = 1; i <= 16; ++i) total = total + recent[recent.size() - i];
  }
  recording.loss = total;
  recording.nodes = tape.size();
  return recording;
}

Recording record(const std::string& workload, Tape& tape, std::size_t nodes) {
  if (workload == "chain") return chain(tape, nodes);
  if (workload == "smlp") return smlp(tape, nodes);
  if (workload == "random") return random(tape, nodes);
  throw std::invalid_argument("--workload is chain, smlp or random, not '" + workload + "'");
}

/// The times of all rounds, in ns a forward node.
struct Times {
  std::vector<double> record, gradient, compile, first_run, once, rerun;
};

/// All phases, one after the other, on a new tape. Returns what is not a time, for the line.
template <class T>
std::string measure(const Options& options, std::size_t nodes, Times& times) {
  const double start = thread_now();
  Tape tape;
  const Recording work = record(options.text("workload"), tape, nodes);
  const double recorded = thread_now();
  const std::vector<Var> gradients = gradient(work.loss, work.wrt);
  std::vector<gradus::Update> updates;
  for (std::size_t i = 0; work.train && i < work.wrt.size(); ++i) {
    const Var change = gradients[i] * -1e-6;
    updates.push_back({work.wrt[i], work.wrt[i] + change});
  }
  const double differentiated = thread_now();
  std::vector<Var> outputs{work.loss};
  outputs.insert(outputs.end(), gradients.begin(), gradients.end());
  gradus::Executor<T> executor(gradus::Program(outputs, updates));
  const double compiled = thread_now();
  executor.run();
  const double run = thread_now();
  const double loss = executor.item(0), g0 = executor.item(1);

  const double count = static_cast<double>(work.nodes);
  const auto ns = [count](double from, double to) { return (to - from) * 1e9 / count; };
  times.record.push_back(ns(start, recorded));
  times.gradient.push_back(ns(recorded, differentiated));
  times.compile.push_back(ns(differentiated, compiled));
  times.first_run.push_back(ns(compiled, run));
  times.once.push_back(ns(start, run));

  const double turn = options.count("ms") / 1e3;
  const double again = thread_now();
  double now = again;
  int runs = 0;
  while (now - again < turn) {
    executor.run();
    ++runs;
    now = thread_now();
  }
  times.rerun.push_back(ns(again, now) / runs);

  char text[300];
  std::snprintf(text, sizeof text,
                "workload=%s nodes=%zu tape_nodes=%.3f instructions=%.3f tape_bytes=%.1f "
                "program_bytes=%.1f executor_bytes=%.1f loss=%.9g g0=%.9g",
                work.name.c_str(), work.nodes, static_cast<double>(tape.size()) / count,
                static_cast<double>(executor.program().size()) / count,
                static_cast<double>(tape.bytes()) / count,
                static_cast<double>(executor.program().bytes()) / count,
                static_cast<double>(executor.bytes()) / count, loss, g0);
  return text;
}

}  // namespace

void tape(const std::vector<std::string>& words) {
  const Options options({{"nodes", "1000000"},
                         {"workload", "chain"},
                         {"dtype", "f64"},
                         {"rounds", "7"},
                         {"ms", "100"}},
                        words);
  const bool f32 = options.is_f32("dtype");
  for (const std::string& count : options.list("nodes")) {
    const int nodes = options.with("nodes", count).count("nodes");
    Times times;
    std::string what;
    for (int round = 0; round < options.count("rounds"); ++round) {
      const auto n = static_cast<std::size_t>(nodes);
      what = f32 ? measure<float>(options, n, times) : measure<double>(options, n, times);
    }
    const auto [least, most] = std::minmax_element(times.rerun.begin(), times.rerun.end());
    const double rerun = median(times.rerun);
    std::printf(
        "peer=gradus %s dtype=%s threads=1 ns_per_node=%.2f ns_per_node_min=%.2f "
        "ns_per_node_max=%.2f record_ns=%.1f gradient_ns=%.1f compile_ns=%.1f first_run_ns=%.1f "
        "once_ns=%.1f once_ns_min=%.1f once_ns_max=%.1f peak_rss_mb=%.1f spread=%.3f reps=%d\n",
        what.c_str(), options.text("dtype").c_str(), rerun, *least, *most, median(times.record),
        median(times.gradient), median(times.compile), median(times.first_run), median(times.once),
        *std::min_element(times.once.begin(), times.once.end()),
        *std::max_element(times.once.begin(), times.once.end()), most_resident_mb(),
        (*most - *least) / rerun, options.count("rounds"));
    std::fflush(stdout);
  }
}

}  // namespace benchmark
