#include "gradus/check/diagnosis.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "gradus/base/join.hpp"

namespace gradus {
namespace {

/// The same elements in another shape with as many.
Tensor<double> in_shape(const Tensor<double>& x, const Shape& shape) { return {shape, x.span()}; }

Tensor<double> broadcast_tensor(const Tensor<double>& x, const Shape& shape) {
  Tensor<double> y(shape);
  const auto from = broadcast_strides(x.shape(), shape);
  const auto to = strides(shape);
  for (Index i = 0; i < y.elements(); ++i) {
    Index at = 0;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const auto a = static_cast<std::size_t>(axis);
      at += i / to[a] % shape[axis] * from[a];
    }
    y[i] = x[at];
  }
  return y;
}

/// a + factor * b.
Tensor<double> plus(const Tensor<double>& a, double factor, const Tensor<double>& b) {
  Tensor<double> y = a;
  for (Index i = 0; i < y.elements(); ++i) y[i] += factor * b[i];
  return y;
}

bool is_zero(const Tensor<double>& x) {
  return std::all_of(x.begin(), x.end(), [](double v) { return v == 0; });
}

/// The extents without the 1s.
std::vector<Index> long_extents(const Shape& shape) {
  std::vector<Index> extents(shape.begin(), shape.end());
  std::erase(extents, 1);
  return extents;
}

std::string axes_text(unsigned mask) {
  std::vector<int> axes;
  for (int axis = 0; axis < Shape::max_rank; ++axis) {
    if (mask >> axis & 1u) axes.push_back(axis);
  }
  return fmt::format("{} {}", axes.size() == 1 ? "axis" : "axes", join(axes, " and "));
}

/// The axes of `from` that must be summed to get `to`, which broadcasts to it.
unsigned broadcast_axes(const Shape& to, const Shape& from) {
  const int added = from.rank() - to.rank();
  unsigned mask = (1u << added) - 1u;
  for (int axis = added; axis < from.rank(); ++axis) {
    if (to[axis - added] != from[axis]) mask |= 1u << axis;
  }
  return mask;
}

/// The numeric derivative, and which tensors could be it.
class Known {
 public:
  Known(std::span<const Comparison> elements, double tolerance) : tolerance_(tolerance) {
    for (const Comparison& c : elements) {
      const bool usable = std::isfinite(c.numeric) && std::isfinite(c.uncertainty) && !c.at_kink;
      if (!usable) continue;
      elements_.push_back(&c);
      largest_ = std::max(largest_, std::abs(c.numeric));
    }
  }
  bool empty() const { return elements_.empty(); }
  std::span<const Comparison* const> elements() const { return elements_; }
  /// Elements that are large enough to tell a factor.
  std::size_t telling() const {
    return static_cast<std::size_t>(
        std::count_if(elements_.begin(), elements_.end(), [&](const Comparison* c) {
          return std::abs(c->numeric) > 1e-3 * largest_ &&
                 std::abs(c->numeric) > 100 * c->uncertainty;
        }));
  }
  bool agrees(const Comparison& c, double value) const {
    const double size = std::max(std::abs(value), std::abs(c.numeric));
    // Ten times what a right derivative may be off by: the factor itself is measured.
    return std::abs(value - c.numeric) <= 10 * (tolerance_ * size + c.uncertainty);
  }
  /// Whether the derivative would be right if it were this.
  bool is(const Tensor<double>& candidate) const {
    return std::all_of(elements_.begin(), elements_.end(),
                       [&](const Comparison* c) { return agrees(*c, candidate[c->element]); });
  }
  /// The factor by which `x` is a multiple of the numeric derivative, if it is one.
  std::optional<double> factor(const Tensor<double>& x) const {
    double xn = 0;
    double nn = 0;
    for (const Comparison* c : elements_) {
      xn += x[c->element] * c->numeric;
      nn += c->numeric * c->numeric;
    }
    if (nn == 0 || xn == 0 || !std::isfinite(xn / nn)) return std::nullopt;
    Tensor<double> scaled = x;
    for (double& v : scaled) v /= xn / nn;
    if (!is(scaled)) return std::nullopt;
    return xn / nn;
  }

 private:
  std::vector<const Comparison*> elements_;
  double tolerance_;
  double largest_ = 0;
};

/// "a missing ½?" for 2; "" for a number that tells nothing.
std::string likely_cause(double factor) {
  const auto near = [&](double f) { return std::abs(factor / f - 1) < 1e-3; };
  if (near(2)) return ": a missing ½?";
  if (near(0.5)) return ": a missing 2?";
  const double n = std::round(std::max(factor, 1 / factor));
  if (n >= 3 && n <= 1e6 && near(n)) return fmt::format(": not divided by {:.0f}?", n);
  if (n >= 3 && n <= 1e6 && near(1 / n)) {
    return fmt::format(": a missing {:.0f}, an inner derivative or a mean for a sum?", n);
  }
  return "";
}

Diagnosis about_factor(double factor) {
  if (std::abs(factor + 1) < 1e-3) return {Cause::sign, "the sign is flipped"};
  const std::string text = fmt::format("wrong by the constant factor {:.2f}{}", std::abs(factor),
                                       likely_cause(std::abs(factor)));
  if (factor < 0) return {Cause::sign, "the sign is flipped, and it is " + text};
  return {Cause::factor, text};
}

/// The sum of what comes through all uses: the derivative, if that was made by the tape's rules.
bool is_sum_of_uses(const Suspect& s) {
  Tensor<double> rest = s.derivative;
  for (const Use& use : s.uses) rest = plus(rest, -1, use.share);
  for (Index i = 0; i < rest.elements(); ++i) {
    double size = std::abs(s.derivative[i]);
    for (const Use& use : s.uses) size = std::max(size, std::abs(use.share[i]));
    if (std::abs(rest[i]) > 1e-6 * size) return false;
  }
  return true;
}

/// A use that is missing, or counted twice.
Diagnosis about_uses(const Suspect& s, const Known& known) {
  const std::size_t count = s.uses.size();
  if (count < 2) return {};
  for (const Use& use : s.uses) {
    if (is_zero(use.share) || !known.is(plus(s.derivative, 1, use.share))) continue;
    return {Cause::lost_use,
            fmt::format("one of {} uses is missing: accumulation (what comes through {} must be "
                        "added, too)",
                        count, use.through)};
  }
  if (is_sum_of_uses(s)) {
    for (const Use& use : s.uses) {
      if (!is_zero(use.share)) continue;
      return {Cause::lost_use, fmt::format("one of {} uses is missing: nothing comes through {}",
                                           count, use.through)};
    }
    return {};
  }
  for (const Use& use : s.uses) {
    if (is_zero(use.share) || !known.is(plus(s.derivative, -1, use.share))) continue;
    return {Cause::extra_use, fmt::format("one of {} uses is counted twice: what comes through {}",
                                          count, use.through)};
  }
  return {};
}

/// x with 0 wherever the index along an axis is not `part`.
Tensor<double> only_part(Tensor<double> x, int axis, Index part) {
  const Index inner = strides(x.shape())[static_cast<std::size_t>(axis)];
  for (Index i = 0; i < x.elements(); ++i) {
    if (i / inner % x.shape()[axis] != part) x[i] = 0;
  }
  return x;
}

/// A sum over other axes than those that were broadcast, or none.
Diagnosis about_axes(const Suspect& s) {
  for (const Use& use : s.uses) {
    if (!use.unsummed) continue;
    const Tensor<double>& whole = *use.unsummed;
    // What the derivative holds in the place of this use's share.
    Tensor<double> instead = s.derivative;
    for (const Use& other : s.uses) {
      if (&other != &use) instead = plus(instead, -1, other.share);
    }
    const auto matches = [&](const Tensor<double>& sum) {
      return std::equal(sum.begin(), sum.end(), instead.begin(), [&](double a, double b) {
        return std::abs(a - b) <= 10 * s.tolerance * std::max(std::abs(a), std::abs(b));
      });
    };
    const unsigned right = broadcast_axes(s.shape, whole.shape());
    for (unsigned mask = 1; mask < (1u << whole.shape().rank()); ++mask) {
      if (mask == right) continue;
      const Tensor<double> sum = summed(whole, mask);
      if (long_extents(sum.shape()) == long_extents(s.shape) && matches(sum)) {
        return {Cause::wrong_axis, fmt::format("summed over the wrong axis: {} instead of {}",
                                               axes_text(mask), axes_text(right))};
      }
    }
    if (!std::has_single_bit(right)) continue;
    const int axis = std::countr_zero(right);
    for (Index part = 0; part < whole.shape()[axis]; ++part) {
      if (matches(summed(only_part(whole, axis, part), right))) {
        return {Cause::not_summed,
                fmt::format("not summed where it was broadcast: only part {} of {} along {}", part,
                            whole.shape()[axis], axes_text(right))};
      }
    }
  }
  return {};
}

/// Elements that are wrong while most are right.
Diagnosis about_elements(const Suspect& s, const Known& known) {
  std::vector<Index> wrong;
  for (const Comparison* c : known.elements()) {
    if (!known.agrees(*c, s.derivative[c->element])) wrong.push_back(c->element);
  }
  const std::size_t all = known.elements().size();
  if (wrong.empty() || 2 * wrong.size() > all) return {};
  std::string where;
  const auto step = strides(s.shape);
  for (int axis = 0; axis < s.shape.rank() && wrong.size() > 1 && where.empty(); ++axis) {
    const Index stride = step[static_cast<std::size_t>(axis)];
    const auto index = [&](Index k) { return k / stride % s.shape[axis]; };
    const bool one_slice = std::all_of(wrong.begin(), wrong.end(),
                                       [&](Index k) { return index(k) == index(wrong[0]); });
    if (one_slice) where = fmt::format(", all with index {} along axis {}", index(wrong[0]), axis);
  }
  constexpr std::size_t named = 3;
  std::vector<std::string> places;
  for (std::size_t i = 0; i < std::min(named, wrong.size()); ++i) {
    places.push_back(index_text(s.shape, wrong[i]));
  }
  const std::string more =
      wrong.size() > named ? fmt::format(" and {} more", wrong.size() - named) : "";
  return {Cause::elements, fmt::format("correct but for {} of {} elements: {}{}{}", wrong.size(),
                                       all, join(places, ", "), more, where)};
}

std::string_view right_or_not(bool right) { return right ? "right" : "wrong, too"; }

std::string about_shape(const Suspect& s, const Known& known) {
  const Tensor<double>& d = s.derivative;
  const std::string has =
      fmt::format("it has shape {} instead of {}", to_string(d.shape()), to_string(s.shape));
  const int rank = d.shape().rank();
  if (rank >= 2 && transposed(d).shape() == s.shape) {
    return fmt::format("{}, the shape of the transpose; transposed, it is {}", has,
                       right_or_not(known.is(transposed(d))));
  }
  if (broadcasts_to(s.shape, d.shape())) {
    const unsigned mask = broadcast_axes(s.shape, d.shape());
    return fmt::format("{}: not summed over {}, where it was broadcast; summed, it is {}", has,
                       axes_text(mask), right_or_not(known.is(in_shape(summed(d, mask), s.shape))));
  }
  if (broadcasts_to(d.shape(), s.shape)) {
    return fmt::format("{}; broadcast to that, it would be {}", has,
                       right_or_not(known.is(broadcast_tensor(d, s.shape))));
  }
  if (d.elements() == s.shape.elements()) {
    return fmt::format("{}; reshaped, it is {}", has, right_or_not(known.is(in_shape(d, s.shape))));
  }
  return has + ": a derivative has the shape of what it is taken by";
}

std::string largest_error(const Suspect& s, const Known& known) {
  const Comparison* worst = known.elements()[0];
  double largest = -1;
  for (const Comparison* c : known.elements()) {
    const double error = std::abs(s.derivative[c->element] - c->numeric);
    if (error > largest) {
      largest = error;
      worst = c;
    }
  }
  return fmt::format("no simple cause; furthest off at {}: {:.6g} instead of {:.6g}",
                     index_text(s.shape, worst->element), s.derivative[worst->element],
                     worst->numeric);
}

}  // namespace

Tensor<double> summed(const Tensor<double>& x, unsigned mask) {
  const Shape& from = x.shape();
  Tensor<double> y(reduced(from, mask, false));
  const auto steps = strides(from);
  for (Index i = 0; i < x.elements(); ++i) {
    Index at = 0;
    for (int axis = 0; axis < from.rank(); ++axis) {
      if (mask >> axis & 1u) continue;
      at = at * from[axis] + i / steps[static_cast<std::size_t>(axis)] % from[axis];
    }
    y[at] += x[i];
  }
  return y;
}

Tensor<double> transposed(const Tensor<double>& x) {
  const int rank = x.shape().rank();
  if (rank < 2) return x;
  std::vector<Index> extents(x.shape().begin(), x.shape().end());
  std::swap(extents[extents.size() - 1], extents[extents.size() - 2]);
  Tensor<double> y{Shape(std::span<const Index>(extents))};
  const Index rows = x.shape()[rank - 2];
  const Index columns = x.shape()[rank - 1];
  for (Index i = 0; i < x.elements(); ++i) {
    const Index matrix = i / (rows * columns) * (rows * columns);
    y[matrix + i % columns * rows + i / columns % rows] = x[i];
  }
  return y;
}

std::string_view to_string(Cause cause) {
  constexpr std::array<std::string_view, 15> names{
      "none",     "not-finite", "shape",       "zero",       "cut",
      "lost-use", "extra-use",  "wrong-axis",  "not-summed", "sign",
      "factor",   "transpose",  "no-upstream", "elements",   "unknown"};
  return names[static_cast<std::size_t>(cause)];
}

Diagnosis diagnose(const Suspect& s) {
  const Known known(s.elements, s.tolerance);
  const auto finite = [](double v) { return std::isfinite(v); };
  const auto bad = std::find_if_not(s.derivative.begin(), s.derivative.end(), finite);
  if (bad != s.derivative.end()) {
    const std::string where = index_text(s.derivative.shape(), bad - s.derivative.begin());
    const std::string_view what = std::isnan(*bad) ? "not a number" : "infinite";
    const bool alone = s.derivative.elements() == 1;
    const auto compared =
        std::find_if(s.elements.begin(), s.elements.end(),
                     [&](const Comparison& c) { return c.element == bad - s.derivative.begin(); });
    const bool no_slope = compared != s.elements.end() && !std::isfinite(compared->numeric);
    return {Cause::not_finite,
            fmt::format("it is {}{}{}", what, alone ? "" : " at " + where,
                        no_slope ? ", and differences have no finite slope here either" : "")};
  }
  if (s.derivative.shape() != s.shape) return {Cause::shape, about_shape(s, known)};
  if (known.empty() || known.is(s.derivative)) return {};
  if (is_zero(s.derivative)) {
    const std::string text = "zero where it should not be: ";
    if (!s.cut.empty()) return {Cause::cut, fmt::format("{}the way is cut by {}", text, s.cut)};
    return {Cause::zero, text + "is the way cut (stop_gradient), or a use forgotten?"};
  }
  if (!s.cut.empty()) {
    return {Cause::cut, fmt::format("what should come through {} is missing: it is cut", s.cut)};
  }
  if (Diagnosis found = about_uses(s, known); found.cause != Cause::none) return found;
  if (Diagnosis found = about_axes(s); found.cause != Cause::none) return found;
  const auto factor = known.factor(s.derivative);
  // A single number is a multiple of any other: only a factor that one knows by sight tells
  // anything.
  if (factor && (known.telling() > 1 || std::abs(*factor + 1) < 1e-3 ||
                 !likely_cause(std::abs(*factor)).empty())) {
    return about_factor(*factor);
  }
  const int rank = s.shape.rank();
  if (rank >= 2 && s.shape[rank - 1] == s.shape[rank - 2]) {
    if (const auto turned = known.factor(transposed(s.derivative))) {
      const bool equal = std::abs(*turned - 1) < 1e-3;
      return {Cause::transpose,
              "equals the transpose" + (equal ? "" : ", and " + about_factor(*turned).sentence)};
    }
  }
  if (Diagnosis found = about_elements(s, known); found.cause != Cause::none) return found;
  return {Cause::unknown, largest_error(s, known)};
}

}  // namespace gradus
