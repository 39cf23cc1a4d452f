// Learning rates that change: what they are in each step, and where descent by a noisy gradient
// comes to rest with them.
#include <fmt/format.h>

#include <fstream>
#include <string_view>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/optim/schedule.hpp"
using namespace gradus;

namespace {

constexpr Index steps = 200;

struct Named {
  std::string_view name;
  optim::Schedule rate;
};

std::vector<Named> schedules() {
  // [schedules]
  return {{"constant", optim::constant_rate(0.5)},
          {"step", optim::step_decay(0.5, 0.5, 40)},  // halved every 40 steps
          {"exponential", optim::exponential_decay(0.5, 0.5, 40)},
          {"cosine", optim::cosine_decay(0.5, 200)},
          {"warm-up", optim::warm_up(optim::cosine_decay(0.5, 200), 20)}};
  // [end]
}

void print_rates() {
  fmt::print("step");
  for (const Named& s : schedules()) fmt::print(" {:>11}", s.name);
  fmt::print("\n");
  for (const Index step : {0, 9, 39, 40, 100, 160, 199}) {
    fmt::print("{:4}", step);
    for (const Named& s : schedules()) fmt::print(" {:11.4f}", s.rate(step));
    fmt::print("\n");
  }
}

// [noise]
/// Descends f(w) = w^2 / 2 from w = 1 by gradients with noise, w + N(0, 1), a thousand times over.
/// The mean of w^2 after each step.
std::vector<double> descend(const optim::Schedule& rate) {
  Random random(15);
  std::vector<double> w(1000, 1.0), means;
  for (Index step = 0; step < steps; ++step) {
    double sum = 0;
    for (double& each : w) {
      each -= rate(step) * (each + random.normal());
      sum += each * each;
    }
    means.push_back(sum / 1000);
  }
  return means;
}
// [end]

/// The mean over the last 100 steps.
double at_rest(const std::vector<double>& means) {
  double sum = 0;
  for (std::size_t i = means.size() - 100; i < means.size(); ++i) sum += means[i];
  return sum / 100;
}

}  // namespace

int main() {
  fmt::print("// [rates]\n");
  print_rates();

  fmt::print("// [floor]\n");
  fmt::print("rate   mean of w^2   r / (2 - r)\n");
  for (const double r : {1.0, 0.5, 0.2, 0.1, 0.05}) {
    fmt::print("{:4} {:13.4f} {:13.4f}\n", r, at_rest(descend(optim::constant_rate(r))),
               r / (2 - r));
  }

  fmt::print("// [ends]\n");
  fmt::print("schedule      mean of w^2 after 20 steps   after 100   after 200\n");
  std::vector<std::vector<double>> means;
  for (const Named& s : schedules()) {
    means.push_back(descend(s.rate));
    const std::vector<double>& m = means.back();
    fmt::print("{:13} {:26.4f} {:11.4f} {:11.4f}\n", s.name, m[19], m[99], m[199]);
  }
  const std::vector<double> small = descend(optim::constant_rate(0.005));
  fmt::print("{:13} {:26.4f} {:11.4f} {:11.4f}\n", "always 0.005", small[19], small[99],
             small[199]);

  std::ofstream rates("rates.dat"), noise("noise.dat");
  rates << "# step, rate: constant, step, exponential, cosine, warm-up and cosine\n";
  noise << "# step, mean of w^2 with them\n";
  for (Index step = 0; step < steps; step += 2) {
    rates << step;
    noise << step + 1;
    for (const Named& s : schedules()) rates << fmt::format(" {:.5f}", s.rate(step));
    for (const auto& m : means) {
      noise << fmt::format(" {:.5f}", m[static_cast<std::size_t>(step)]);
    }
    rates << '\n';
    noise << '\n';
  }
}
