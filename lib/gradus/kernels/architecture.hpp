#pragma once

#include <string_view>

namespace gradus::kernels {

/// The instruction sets that kernels are compiled for, from one source each. On processors other
/// than x86-64 there is only the baseline: what the compiler makes without being told.
enum class Architecture { baseline, avx2, avx512 };

/// The one in use: the best that the processor can run, unless the environment variable GRADUS_ARCH
/// or set_architecture() names another one.
Architecture architecture();

/// "avx512", "avx2" or "baseline".
std::string_view name(Architecture architecture);

/// Makes the kernels use another one from now on, for tests and benchmarks. Returns false, and
/// changes nothing, if the name is unknown or the processor cannot run it.
bool set_architecture(std::string_view name);

}  // namespace gradus::kernels
