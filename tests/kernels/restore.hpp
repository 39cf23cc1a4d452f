/// What tests of kernels change for all.
#pragma once

#include <string>

#include "gradus/kernels/gemm.hpp"
#include "gradus/kernels/threads.hpp"

namespace gradus::test {

/// Puts threads and architecture back as they were.
struct Restore {
  std::string architecture{kernels::gemm_architecture()};
  int count = kernels::threads();
  ~Restore() {
    kernels::set_gemm_architecture(architecture);
    kernels::set_threads(count);
  }
};

}  // namespace gradus::test
