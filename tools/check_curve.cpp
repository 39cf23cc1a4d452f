#include "check_curve.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "plot.hpp"
#include "render.hpp"

namespace gradus::tools {
namespace {

std::string exponent(const std::optional<double>& p) {
  return p ? fmt::format("h^{:.1f}", *p) : "too little to tell how";
}

std::string about(std::string_view name, const ErrorCurve::Arm& arm) {
  return fmt::format(
      "{}: best near h = {:.0e}, error {:.0e}; to the right truncation grows as {}, to the left "
      "round-off as {}\n",
      name, arm.best_step, arm.least_error, exponent(arm.truncation), exponent(arm.round_off));
}

/// What gnuplot reads as a title, as it is: within single quotes nothing has a meaning but these.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\n') continue;
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

/// The guides of a plot: the first-order and second-order truncation, and round-off.
std::string guides(const ErrorCurve& curve) {
  std::string text;
  const auto through = [&](double ErrorCurve::Point::*error, const ErrorCurve::Arm& arm,
                           int power) {
    if (!arm.truncation) return;
    // From a point in the middle of the truncation's side.
    const ErrorCurve::Point* middle = &curve.points.front();
    const double step = std::sqrt(curve.points.front().step * arm.best_step);
    for (const auto& p : curve.points) {
      if (std::abs(std::log(p.step / step)) < std::abs(std::log(middle->step / step))) middle = &p;
    }
    text +=
        fmt::format(", {}*x**{} with lines dt 2 lc rgb '#767676' title 'h{}'",
                    middle->*error / std::pow(middle->step, power), power, power == 1 ? "" : "²");
  };
  through(&ErrorCurve::Point::forward, curve.forward, 1);
  through(&ErrorCurve::Point::central, curve.central, 2);
  text += fmt::format(", {}/x with lines dt 3 lc rgb '#767676' title 'eps/h'", curve.round_off);
  return text;
}

}  // namespace

std::string curve_text(const ErrorCurve& curve) {
  const std::string title =
      fmt::format("{} error of the difference quotient by {} against its step h",
                  curve.relative ? "Relative" : "Absolute", curve.name);
  if (curve.points.empty()) return title + ": no step stays inside the domain\n";
  Series forward{"forward, (f(x+h) - f(x)) / h", {}, {}, '+'};
  Series central{"central, (f(x+h) - f(x-h)) / 2h", {}, {}, 'o'};
  for (const ErrorCurve::Point& p : curve.points) {
    forward.x.push_back(p.step);
    forward.y.push_back(p.forward);
    central.x.push_back(p.step);
    central.y.push_back(p.central);
  }
  PlotOptions options;
  options.log_x = true;
  options.log_y = true;
  options.x_label = "step h";
  options.y_label = "error";
  return title + "\n\n" + plot(std::vector{forward, central}, options) + "\n" +
         about("forward", curve.forward) + about("central", curve.central);
}

std::string curve_data(const ErrorCurve& curve) {
  std::string text =
      fmt::format("# {} error by {}; the derivative is {}\n# step forward central\n",
                  curve.relative ? "relative" : "absolute", curve.name, curve.derivative);
  for (const ErrorCurve::Point& p : curve.points) {
    text += fmt::format("{} {} {}\n", p.step, p.forward, p.central);
  }
  return text;
}

std::string curve_picture(const ErrorCurve& curve, const std::string& format) {
  if (curve.points.empty()) {
    throw InputError("there is no curve to draw: no step stays inside the domain of the loss");
  }
  double least = std::numeric_limits<double>::infinity();
  double most = 0;
  for (const ErrorCurve::Point& p : curve.points) {
    for (const double error : {p.forward, p.central}) {
      if (error > 0) least = std::min(least, error);
      most = std::max(most, error);
    }
  }
  if (most == 0) throw InputError("there is no curve to draw: differences make no error at all");
  const std::string script = fmt::format(
      "set terminal {}\n$errors << END\n{}END\n"
      "set logscale xy\nset yrange [{}:{}]\nset format '10^{{%L}}'\nset grid lc rgb '#dddddd'\nset "
      "key top center\n"
      "set title {} noenhanced\nset xlabel 'step h'\nset ylabel '{} error'\n"
      "plot $errors using 1:2 with linespoints pt 1 lc rgb '#d55e00' title 'forward difference', "
      "$errors using 1:3 with linespoints pt 6 lc rgb '#0072b2' title 'central difference'{}\n",
      format == "svg" ? "svg size 720,480 font 'sans-serif,12' background rgb 'white'"
                      : "pngcairo size 1080,720 font 'sans,12'",
      curve_data(curve), least / 10, most * 10,
      quoted("The derivative by " + curve.name + ", by differences"),
      curve.relative ? "relative" : "absolute", guides(curve));
  return filter({"gnuplot"}, script, "gnuplot", "a .dat file");
}

}  // namespace gradus::tools
