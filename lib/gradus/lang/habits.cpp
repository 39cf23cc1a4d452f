#include "gradus/lang/habits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "gradus/lang/source_text.hpp"

namespace gradus::lang {
namespace {

struct Habit {
  std::string_view function, instead;
};
constexpr std::string_view no_inverse = "there is none of the inverse trigonometric functions";
constexpr std::array habits{
    Habit{"tan", "write sin(x) / cos(x)"},
    Habit{"cot", "write cos(x) / sin(x)"},
    Habit{"sinh", "write (exp(x) - exp(-x)) / 2"},
    Habit{"cosh", "write (exp(x) + exp(-x)) / 2"},
    Habit{"asin", no_inverse},
    Habit{"arcsin", no_inverse},
    Habit{"acos", no_inverse},
    Habit{"arccos", no_inverse},
    Habit{"atan", no_inverse},
    Habit{"arctan", no_inverse},
    Habit{"ln", "write log(x), the natural logarithm"},
    Habit{"log2", "write log(x) / log(2)"},
    Habit{"log10", "write log(x) / log(10)"},
    Habit{"min", "write minimum(a, b) for the smaller of two, -max(-x) for the smallest element"},
    Habit{"norm", "write sqrt(sum(x^2))"},
    Habit{"dot", "write sum(a * b), or a @ b"},
    Habit{"clip", "write minimum(maximum(x, a), b)"},
};
constexpr std::array<std::string_view, 4> libraries{"np", "numpy", "torch", "math"};

}  // namespace

std::string_view written_instead_of(std::string_view function) {
  const auto* const found = std::find_if(habits.begin(), habits.end(), [&](const Habit& h) {
    return h.function == function || differ_in_case(h.function, function);
  });
  return found == habits.end() ? std::string_view() : found->instead;
}

std::string written_instead_of_d(std::string_view f, std::string_view divisor) {
  const bool named = divisor.size() > 1 && divisor[0] == 'd';
  return fmt::format("a derivative is written with the name it is by: d({}, {})", shown(f, 40),
                     named ? shown(divisor.substr(1), 20) : "NAME");
}

bool is_library(std::string_view name) {
  return std::find(libraries.begin(), libraries.end(), name) != libraries.end();
}

}  // namespace gradus::lang
