// Any bytes, read as a formula: recorded or refused, then evaluated, differentiated, and read
// again.
#include "fuzz/fuzz.hpp"

#include <string>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/lang/formula.hpp"
#include "gradus/run/value.hpp"

using namespace gradus;

namespace {

/// Whether the tape is done with in a moment: at most 2^16 elements and 2^24 operations.
bool is_small(const Tape& tape) {
  Index elements = 0, flops = 0;
  std::vector<Shape> x;
  for (NodeId id = 0; id < tape.size(); ++id) {
    x.clear();
    for (const NodeId operand : tape.operands(id)) x.push_back(tape.shape(operand));
    elements += tape.shape(id).elements();
    if (!x.empty()) flops += tape.op(id).flops(x, tape.shape(id), tape.attributes(id));
    if (elements > 1 << 16 || flops > 1 << 24) return false;
  }
  return true;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    Tape tape;
    lang::Formula formula = lang::record(tape, text, {}, "fuzz.gr");
    const Var result = formula.result;
    tape.check(result);
    for (const auto& [name, var] : formula.names) tape.check(var);
    if (!is_small(tape)) return 0;
    value(result);
    const std::vector<Var> variables = formula.variables();
    if (result.shape().elements() == 1 && !variables.empty()) {
      for (const Var g : gradient(result, variables, Disconnected::zeros)) {
        if (is_small(tape)) value(g);
      }
    }
    lang::record_expression(formula, text);
  } catch (const Error& error) {
    check_text(error.what());
  }
  try {
    lang::parse_value(text);
  } catch (const Error& error) {
    check_text(error.what());
  }
  return 0;
}
