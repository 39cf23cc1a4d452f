#include <iomanip>
#include <iostream>

#include "gradus/optim/rules.hpp"
using namespace gradus;

int main() {
  for (const optim::Rule& rule : optim::rules()) {
    std::cout << std::left << std::setw(10) << rule.name << "rate " << rule.rate;
    for (const optim::Coefficient& c : optim::coefficients()) {
      if (rule.reads(c)) std::cout << "  " << c.name << ' ' << *(rule.defaults.*c.value);
    }
    std::cout << '\n';
  }
}
