// When training stops, and what it remembers of the best measurement.
#include "gradus/optim/early_stopping.hpp"

#include <cmath>
#include <vector>

#include "catch.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::optim;

namespace {

/// Measures until it stops; how many measurements that takes.
Index measured_until_stop(EarlyStopping& stopping, const std::vector<double>& losses) {
  for (const double loss : losses) {
    if (stopping.stops()) break;
    stopping.improved(loss);
  }
  return stopping.measured();
}

}  // namespace

TEST_CASE("training stops when nothing was better for as long as the patience", "[optim]") {
  //                                  1  2    3  4    5    6    7  8  9
  const std::vector<double> losses{3, 2, 2.5, 1, 1.5, 1.2, 1.1, 0.5, 2, 2};
  EarlyStopping once(1), twice(2), patient(3), endless(100);
  CHECK(measured_until_stop(once, losses) == 3);
  CHECK(once.best() == 2);
  CHECK(measured_until_stop(twice, losses) == 6);
  CHECK(twice.best() == 4);
  CHECK(twice.best_loss() == 1);
  CHECK(twice.waited() == 2);
  CHECK(measured_until_stop(patient, losses) == 7);
  CHECK(measured_until_stop(endless, losses) == 10);
  CHECK(endless.best() == 8);
  CHECK(!endless.stops());
}

TEST_CASE("only what is less is better", "[optim]") {
  EarlyStopping stopping(9);
  CHECK(std::isinf(stopping.best_loss()));
  CHECK(stopping.best() == 0);
  CHECK(!stopping.improved(std::nan("")));
  CHECK(stopping.improved(2));
  CHECK(!stopping.improved(2));
  CHECK(!stopping.improved(std::nan("")));
  CHECK(stopping.improved(std::nextafter(2.0, 0.0)));
  CHECK(stopping.improved(-1));
  CHECK(!stopping.improved(HUGE_VAL));
  CHECK(stopping.best() == 6);
}

TEST_CASE("it goes on from what was kept of it", "[optim]") {
  EarlyStopping first(3);
  for (const double loss : {2.0, 1.0, 1.5}) first.improved(loss);
  EarlyStopping second(3);
  second.restore(first.measured(), first.best(), first.best_loss());
  CHECK(second.waited() == 1);
  CHECK(!second.improved(1));
  CHECK(!second.stops());
  CHECK(!second.improved(1));
  CHECK(second.stops());
  EarlyStopping longer(5);
  longer.restore(second.measured(), second.best(), second.best_loss());
  CHECK(!longer.stops());
}

TEST_CASE("a patience and a past that cannot be are refused", "[optim]") {
  for (const Index patience : {0, -1}) {
    scratch::check_says(scratch::error_of([&] { EarlyStopping stopping(patience); }),
                        {"a patience of ", "at least 1"});
  }
  EarlyStopping stopping(1);
  for (const Index best : {-1, 3}) {
    scratch::check_says(scratch::error_of([&] { stopping.restore(2, best, 1); }),
                        {"the best of 2 measurements cannot be number "});
  }
}
