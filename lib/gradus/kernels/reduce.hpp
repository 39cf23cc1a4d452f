/// Reductions over axes. Every sum has one order, whatever the number of threads.
#pragma once

#include "gradus/tensor/view.hpp"

namespace gradus::kernels {

/// y = the sum of x over the axes in `mask`; y has x's shape without them (or with 1 there). Runs
/// of contiguous elements are summed pairwise, whose error grows with log n and not with n (Higham
/// 1993, "The accuracy of floating point summation"). An empty sum is 0.
template <Real T>
void sum(View<const T> x, unsigned mask, View<T> y);

/// y = the largest element over the axes in `mask`; NaN if there is one. No reduced axis may be
/// empty.
template <Real T>
void max(View<const T> x, unsigned mask, View<T> y);

/// y = the position of the first largest element along one axis, which is not empty. NaN counts as
/// the largest. Throws Error if the axis is too long for its positions to be exact in T: over 2^24
/// elements for float.
template <Real T>
void argmax(View<const T> x, int axis, View<T> y);

/// y = softmax of x along one axis, exp(x - max) / sum exp(x - max), which cannot overflow.
template <Real T>
void softmax(View<const T> x, int axis, View<T> y);

/// y = x - max - log sum exp(x - max) along one axis.
template <Real T>
void log_softmax(View<const T> x, int axis, View<T> y);

}  // namespace gradus::kernels
