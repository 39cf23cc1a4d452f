/// The U of truncation and round-off, for people.
#pragma once

#include <string>

#include "gradus/check/error_curve.hpp"

namespace gradus::tools {

/// A picture for the terminal, with what it shows in words.
std::string curve_text(const ErrorCurve& curve);
/// A table of numbers for plotters: the step, and the errors of both differences.
std::string curve_data(const ErrorCurve& curve);
/// The picture that gnuplot makes of it, in a format that it knows ("svg", "png"). Throws
/// InputError if gnuplot is not installed or fails.
std::string curve_picture(const ErrorCurve& curve, const std::string& format);

}  // namespace gradus::tools
