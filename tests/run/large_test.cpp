// No walk over the graph recurses: a chain of ten million nodes works.
#include <sys/resource.h>

#include <chrono>
#include <cmath>

#include "catch.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"

using namespace gradus;

#if !defined(__SANITIZE_ADDRESS__) && defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

TEST_CASE("a chain of ten million nodes", "[run][large]") {
#ifdef __SANITIZE_ADDRESS__
  constexpr std::size_t n = 100'000;
#else
  constexpr std::size_t n = 10'000'000;
#endif
  const auto start = std::chrono::steady_clock::now();
  Tape tape;
  const Var x = tape.input(0.3);
  Var y = x;
  double wanted = 0.3, slope = 1;
  for (std::size_t i = 0; i < n; ++i) {
    y = sin(y);
    slope *= std::cos(wanted);
    wanted = std::sin(wanted);
  }
  CHECK(item(y) == wanted);
  const Var dx = gradient(y, x);
  CHECK_THAT(item(dx), Catch::Matchers::WithinRel(slope, 1e-9));
  Executor<double> run(Program({y, dx}));
  run.run();
  CHECK(run.item(0) == wanted);
  CHECK(run.item(1) == item(dx));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  WARN(n << " nodes: " << took.count() << " s, at most " << usage.ru_maxrss / 1024 << " MB");
  CHECK(usage.ru_maxrss / 1024 < 6 * 1024);
}
