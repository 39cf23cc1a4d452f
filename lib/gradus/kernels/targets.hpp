/// Loops compiled for each architecture from one source.
#pragma once

#include "gradus/kernels/architecture.hpp"

// The loops are inlined (`flatten`) into functions that have the instructions they may use as an
// attribute, in ordinary source files; should a compiler leave a call, it calls what runs on every
// processor. Files with flags of their own could not promise that.
//
// Only the library itself compiles for more than the baseline: its flags keep a*b + c from becoming
// one instruction, so that every architecture gives the same bits.
#if defined(GRADUS_BUILDS_ARCHITECTURES) && defined(__x86_64__)
#define GRADUS_TARGETS
#define GRADUS_AVX2 __attribute__((flatten, target("avx2")))
#ifdef __clang__
#define GRADUS_AVX512 __attribute__((flatten, target("avx512f,avx512vl,avx512dq,avx512bw")))
#else
#define GRADUS_AVX512 \
  __attribute__((flatten, target("avx512f,avx512vl,avx512dq,avx512bw,prefer-vector-width=512")))
#endif
#endif

// Before a loop whose iterations do not depend on each other, even if its pointers are equal.
#ifdef __clang__
#define GRADUS_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define GRADUS_INDEPENDENT _Pragma("GCC ivdep")
#endif

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"  // a loop that calls std::sin stays what it is
#endif

namespace gradus::kernels {

/// Loop::run, which takes Args and returns nothing, for every architecture.
template <class Loop, class... Args>
struct Targets {
  using Function = void (*)(Args...);

  /// The one for the architecture in use.
  static Function in_use() {
#ifdef GRADUS_TARGETS
    switch (architecture()) {
      case Architecture::avx512:
        return avx512;
      case Architecture::avx2:
        return avx2;
      case Architecture::baseline:
        break;
    }
#endif
    return baseline;
  }

 private:
  __attribute__((flatten)) static void baseline(Args... args) { Loop::run(args...); }
#ifdef GRADUS_TARGETS
  GRADUS_AVX2 static void avx2(Args... args) { Loop::run(args...); }
  GRADUS_AVX512 static void avx512(Args... args) { Loop::run(args...); }
#endif
};

}  // namespace gradus::kernels

#ifdef __clang__
#pragma clang diagnostic pop
#endif
