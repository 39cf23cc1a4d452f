#include "gradus/base/random.hpp"

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <numeric>
#include <sstream>
#include <utility>

#include "gradus/base/error.hpp"

namespace gradus {

struct Random::Engine {
  boost::random::mt19937_64 twister;
};

Random::Random(std::uint64_t seed) : engine_(new Engine{boost::random::mt19937_64(seed)}) {}
Random::Random(const Random& other) : engine_(new Engine(*other.engine_)) {}
Random& Random::operator=(const Random& other) {
  *engine_ = *other.engine_;
  return *this;
}
Random::~Random() = default;

double Random::uniform(double low, double high) {
  return low + (high - low) * boost::random::uniform_01<double>()(engine_->twister);
}

double Random::normal(double mean, double stddev) {
  // A new distribution for each draw: it keeps nothing back between draws.
  return boost::random::normal_distribution<double>(mean, stddev)(engine_->twister);
}

Index Random::below(Index count) {
  return boost::random::uniform_int_distribution<Index>(0, count - 1)(engine_->twister);
}

std::vector<Index> Random::permutation(Index count) {
  std::vector<Index> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), Index{0});
  for (Index i = count - 1; i > 0; --i) {
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(below(i + 1))]);
  }
  return order;
}

std::string Random::state() const {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << engine_->twister;
  return text.str();
}

void Random::set_state(const std::string& state) {
  // Boost skips white space after each number, and takes the end of the text there as a failure.
  std::string padded = state;
  padded += ' ';
  std::istringstream text(padded);
  text.imbue(std::locale::classic());
  boost::random::mt19937_64 twister;
  if (!(text >> twister) || !(text >> std::ws).eof()) {
    throw InputError("the random state is not one that Gradus wrote");
  }
  engine_->twister = twister;
}

}  // namespace gradus
