#include "gradus/check/hessian.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "gradus/check/probe.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/tape/rewind.hpp"

namespace gradus {
namespace {

Direction random_tensors(std::span<const Var> wrt, Random& random) {
  Direction tensors(wrt.size());
  for (std::size_t i = 0; i < wrt.size(); ++i) {
    for (Index k = 0; k < wrt[i].shape().elements(); ++k) tensors[i].push_back(random.normal());
  }
  return tensors;
}

/// <u, H v>, given <gradient, v>, and the sum of its terms without their signs.
std::pair<double, double> product(Var along_v, std::span<const Var> wrt, const Direction& u) {
  const std::vector<Var> hv = gradient(along_v, wrt, Disconnected::zeros);
  Executor<double> executor{Program(hv, Passes::as_recorded())};
  executor.run();
  double sum = 0;
  double size = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const View<const double> part = executor.output(i);
    for (std::size_t k = 0; k < u[i].size(); ++k) {
      const double term = u[i][k] * part[static_cast<Index>(k)];
      sum += term;
      size += std::abs(term);
    }
  }
  return {sum, size};
}

/// The sum of |g| (|u| + |v|): what cancels within H v has this size.
double size_of_terms(std::span<const Var> gradients, const Direction& u, const Direction& v) {
  Executor<double> executor{Program(gradients, Passes::as_recorded())};
  executor.run();
  double size = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const View<const double> g = executor.output(i);
    for (std::size_t k = 0; k < u[i].size(); ++k) {
      size += std::abs(g[static_cast<Index>(k)]) * (std::abs(u[i][k]) + std::abs(v[i][k]));
    }
  }
  return size;
}

}  // namespace

HessianReport check_hessian(Var loss, std::span<const Var> wrt, const CheckOptions& options) {
  Tape& tape = loss.tape();
  tape.check(loss);
  const Rewind rewind(tape);
  Random random(options.seed);
  const Direction v = random_tensors(wrt, random);
  const Direction u = random_tensors(wrt, random);
  const std::vector<Var> g = gradient(loss, wrt, Disconnected::zeros);
  const Var along_v = product_sum(tape, g, v);
  const Var along_u = product_sum(tape, g, u);

  HessianReport report;
  CheckOptions of_products = options;
  of_products.claims.clear();
  report.products = check_gradient(along_v, wrt, of_products);
  report.products.subject = "<gradient, v>";
  const auto [uHv, its_size] = product(along_v, wrt, u);
  const auto [vHu, other_size] = product(along_u, wrt, v);
  report.uHv = uHv;
  report.vHu = vHu;
  // Sums of terms that each have come through tens of roundings, and terms that cancelled before.
  report.round_off = 1e-12 * std::max(its_size, other_size) + 1e-14 * size_of_terms(g, u, v);
  report.symmetric = std::abs(uHv - vHu) <= report.round_off;
  return report;
}

HessianReport check_hessian(Var loss, std::initializer_list<Var> wrt, const CheckOptions& options) {
  return check_hessian(loss, std::span<const Var>(wrt.begin(), wrt.size()), options);
}

std::string to_string(const HessianReport& report) {
  return fmt::format(
      "Hessian-vector products, for a random v: the gradient of <gradient, v> against its "
      "differences\n{}symmetry: u'Hv = {:.12g}, v'Hu = {:.12g}, round-off {:.1e}: {}\n",
      to_string(report.products), report.uHv + 0.0, report.vHu + 0.0, report.round_off,
      report.symmetric ? "PASS" : "FAIL");
}

}  // namespace gradus
