// gradus_bench compare [--rows a1,a32,a128,b32,c100,d128] [--threads 1,2] [--dtype f32|f64]
//                      [--libraries gradus,openblas,blis,onednn,eigen] [--rounds R] [--ms TURN]
//                      [--data DIR] [--skip-zeros]
//
// Trains each network (a row: its model and batch) with Gradus, and with the floor, a step written
// by hand, on each library that is installed: in turns, in one process, so that a busy or slowing
// machine disturbs all alike. A ratio is Gradus' time over that of the fastest floor, the median of
// the rounds; 1.10 is a tenth slower; to_floor_of_least is that of both at their fastest. One
// thread's time is its processor time. With --skip-zeros, the floor of a batch of 1 leaves out rows
// of weights that meet a pixel of 0.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>

#include "commands.hpp"
#include "floor_step.hpp"
#include "gradus/kernels/threads.hpp"
#include "timing.hpp"
#include "training_step.hpp"

namespace benchmark {

namespace {

struct Entrant {
  std::string name;
  int kernel_threads;  ///< what Gradus' kernels may use: the floor has threads of its own
  std::function<void(Index)> step;
  std::function<double()> loss;
  std::vector<double> ms = {};
};

/// What a row came to: Gradus' milliseconds and its ratio to the fastest floor, by round.
struct Outcome {
  std::string row;
  double ratio;
};

template <class T>
std::vector<Entrant> make_entrants(const Network& network, int threads, const Options& options,
                                   const Digits<T>& digits) {
  std::vector<Entrant> entrants;
  const auto enter = [&](const std::string& name, int kernel_threads, auto step) {
    entrants.push_back({name, kernel_threads,
                        [step, &digits, batch = network.batch](Index i) {
                          step->run(digits.batch(digits.x, batch, i),
                                    digits.batch(digits.target, batch, i));
                        },
                        [step] { return step->loss(); }});
  };
  enter("gradus", threads, std::make_shared<TrainingStep<T>>(network));
  const bool skip_zeros = options.flag("skip-zeros") && network.batch == 1;
  if (network.batch == 1) {  // there is no matrix product in it
    enter("floor-vectors", 1,
          std::make_shared<FloorStep<T>>(network, threads, std::nullopt, Split::rows, skip_zeros));
    return entrants;
  }
  for (const std::string& library : options.list("libraries")) {
    std::optional<Blas> blas;
    if (library != "gradus") {
      blas = Blas::open(library, 1);
      if (!blas) std::printf("# %s is not installed\n", library.c_str());
      if (!blas || !blas->can(T())) continue;
    }
    for (const auto& [split, name] :
         {std::pair{Split::rows, "rows"}, {Split::columns, "columns"}}) {
      enter("floor-" + library + (threads > 1 ? std::string("-") + name : ""), 1,
            std::make_shared<FloorStep<T>>(network, threads, blas, split, false));
      if (threads == 1) break;  // one thread has nothing to share
    }
  }
  return entrants;
}

template <class T>
Outcome compare_row(const std::string& row, int threads, const Options& options) {
  const Options chosen = options.with("model", row.substr(0, 1)).with("batch", row.substr(1));
  const Network network = read_network(chosen);
  const Digits<T> digits = read_digits<T>(chosen, network);
  std::vector<Entrant> entrants = make_entrants<T>(network, threads, options, digits);
  if (entrants.size() == 1) {
    throw std::invalid_argument("no library of --libraries can be had: there is no floor");
  }
  const auto clock = threads == 1 ? thread_now : now;
  const double turn = options.number("ms") / 1e3;

  std::vector<double> losses;
  Index steps = 0;
  for (Entrant& entrant : entrants) {
    gradus::kernels::set_threads(entrant.kernel_threads);
    double took = 1e9;
    for (Index i = 0; i < 50; ++i) {
      const double start = clock();
      entrant.step(i);
      took = std::min(took, clock() - start);
    }
    losses.push_back(entrant.loss());
    if (steps == 0) steps = std::max<Index>(3, std::lround(turn / took));
  }
  Index at = 50;
  for (int round = 0; round < options.count("rounds"); ++round) {
    for (Entrant& entrant : entrants) {
      gradus::kernels::set_threads(entrant.kernel_threads);
      for (Index i = 0; i < 3; ++i) entrant.step(at - 3 + i);  // its weights are in the cache again
      const double start = clock();
      for (Index i = 0; i < steps; ++i) entrant.step(at + i);
      entrant.ms.push_back((clock() - start) / static_cast<double>(steps) * 1e3);
    }
    at += steps;
  }

  std::size_t best = 1;
  for (std::size_t i = 2; i < entrants.size(); ++i) {
    if (median(entrants[i].ms) < median(entrants[best].ms)) best = i;
  }
  std::vector<double> ratios;
  for (std::size_t r = 0; r < entrants[0].ms.size(); ++r) {
    ratios.push_back(entrants[0].ms[r] / entrants[best].ms[r]);
  }
  const auto [least, most] = std::minmax_element(losses.begin(), losses.end());
  const auto fastest = [&](std::size_t i) { return std::ranges::min(entrants[i].ms); };
  std::printf(
      "ratio row=%s dtype=%s threads=%d to_floor=%.3f to_floor_min=%.3f to_floor_max=%.3f "
      "to_floor_of_least=%.3f "
      "gradus_ms=%.5g floor_ms=%.5g floor=%s loss50=%.6f loss50_spread=%.1e",
      row.c_str(), options.text("dtype").c_str(), threads, median(ratios),
      *std::min_element(ratios.begin(), ratios.end()),
      *std::max_element(ratios.begin(), ratios.end()), fastest(0) / fastest(best),
      median(entrants[0].ms), median(entrants[best].ms), entrants[best].name.substr(6).c_str(),
      losses[0], *most - *least);
  for (std::size_t i = 1; i < entrants.size(); ++i) {
    std::printf(" %s_ms=%.5g", entrants[i].name.c_str(), median(entrants[i].ms));
  }
  std::printf("\n");
  std::fflush(stdout);
  return {row, median(ratios)};
}

}  // namespace

void compare(const std::vector<std::string>& words) {
  auto defaults = network_options();
  defaults.merge(
      std::map<std::string, std::string>{{"rows", "a1,a32,a128,b32,c100,d128"},
                                         {"threads", "1,2"},
                                         {"dtype", "f32"},
                                         {"libraries", "gradus,openblas,blis,onednn,eigen"},
                                         {"rounds", "11"},
                                         {"ms", "20"},
                                         {"skip-zeros", "no"}});
  const Options options(defaults, words);
  const bool f32 = options.is_f32("dtype");
  for (const std::string& team : options.list("threads")) {
    const int threads = options.with("threads", team).threads();
    std::vector<Outcome> outcomes;
    for (const std::string& row : options.list("rows")) {
      outcomes.push_back(f32 ? compare_row<float>(row, threads, options)
                             : compare_row<double>(row, threads, options));
    }
    double logs = 0;
    for (const Outcome& outcome : outcomes) logs += std::log(outcome.ratio);
    const Outcome& worst =
        *std::max_element(outcomes.begin(), outcomes.end(),
                          [](const Outcome& a, const Outcome& b) { return a.ratio < b.ratio; });
    std::printf("summary dtype=%s threads=%d rows=%zu geomean=%.3f worst=%.3f worst_row=%s\n",
                options.text("dtype").c_str(), threads, outcomes.size(),
                std::exp(logs / static_cast<double>(outcomes.size())), worst.ratio,
                worst.row.c_str());
  }
}

}  // namespace benchmark
