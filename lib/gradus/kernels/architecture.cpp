#include "gradus/kernels/architecture.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace gradus::kernels {
namespace {

constexpr std::array best_first{Architecture::avx512, Architecture::avx2, Architecture::baseline};

bool can_run(Architecture architecture) {
  switch (architecture) {
#ifdef __x86_64__
    case Architecture::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("fma");
    case Architecture::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    default:
      return architecture == Architecture::baseline;
  }
}

std::optional<Architecture> find(std::string_view wanted) {
  for (const Architecture candidate : best_first) {
    if (name(candidate) == wanted && can_run(candidate)) return candidate;
  }
  return std::nullopt;
}

Architecture first_choice() {
  if (const char* wish = std::getenv("GRADUS_ARCH"); wish != nullptr && *wish != '\0') {
    if (const std::optional<Architecture> found = find(wish)) return *found;
    std::fprintf(stderr, "gradus: GRADUS_ARCH=%s is unknown, or cannot run here; ignored.\n", wish);
  }
  for (const Architecture candidate : best_first) {
    if (can_run(candidate)) return candidate;
  }
  return Architecture::baseline;
}

std::atomic<Architecture>& chosen() {
  static std::atomic<Architecture> choice{first_choice()};
  return choice;
}

}  // namespace

Architecture architecture() { return chosen().load(std::memory_order_relaxed); }

std::string_view name(Architecture architecture) {
  switch (architecture) {
    case Architecture::avx512:
      return "avx512";
    case Architecture::avx2:
      return "avx2";
    case Architecture::baseline:
      break;
  }
  return "baseline";
}

bool set_architecture(std::string_view name) {
  const std::optional<Architecture> found = find(name);
  if (found) chosen() = *found;
  return found.has_value();
}

}  // namespace gradus::kernels
