#include "gradus/run/instructions.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "gradus/ops/list.hpp"

namespace gradus {

Lister::Lister(const Program& program, Instructions& to)
    : program_(program),
      to_(to),
      numbers_(static_cast<std::size_t>(program.numbers())),
      leaves_(program.leaves_.size()) {}

/// Steps name positions. Running in their order, it is known which value stands in each.
void Lister::run() {
  const std::size_t count = program_.nodes_.size();
  to_.list.reserve(count);
  to_.values.reserve(program_.given_.size() + count);
  to_.operands.reserve(2 * count);
  to_.attributes = program_.attributes_;
  for (const Program::Value& value : program_.given_) {
    const auto leaf = static_cast<std::size_t>(~value.place);
    if (value.place < 0) leaves_[leaf] = next();
    if (value.place >= 0 && program_.shape(value.shape).elements() == 1) {
      numbers_[static_cast<std::size_t>(value.place - program_.small_start() +
                                        program_.first_small())] = next();
    }
    to_.values.push_back(value);
  }
  for (const ScalarStep* step = program_.steps();; ++step) {
    switch (step->op) {
      case ScalarStep::fetch:
        numbers_[step->y] = leaves_[step->a];
        break;
      case ScalarStep::publish:
        leaves_[step->a] = next() - 1;
        break;
      case ScalarStep::number:
        to_.attributes.emplace_back(
            Number{std::bit_cast<double>(std::array<std::uint32_t, 2>{step->a, step->b})});
        break;
      case ScalarStep::general:
        if (step->a == ScalarStep::end) return;
        add_call(program_.call(step->a));
        break;
      default:
        step = add_op(step);
    }
  }
}

void Lister::add_call(const Program::Call& call) {
  const auto first = static_cast<std::uint32_t>(to_.operands.size());
  const auto reads = program_.call_reads_.begin() + call.first_operand;
  to_.operands.insert(to_.operands.end(), reads, reads + program_.operands(call).size());
  to_.list.push_back({call.op, first, call.attributes});
  const Program::Place place = call.result.place;
  if (place < 0) {
    leaves_[static_cast<std::size_t>(~place)] = next();
  } else if (program_.shape(call.result.shape).elements() == 1) {
    numbers_[static_cast<std::size_t>(place - program_.small_start() + program_.first_small())] =
        next();
  }
  to_.values.push_back(call.result);
}

/// The instructions of a step, and of the one behind it that it may take along.
const ScalarStep* Lister::add_op(const ScalarStep* step) {
  const auto read = [this](std::uint32_t position) { return numbers_[position]; };
  const std::uint32_t y = step->y;
  const bool in_two = step->op == ScalarStep::multiply_add;
  const bool after = step->op == ScalarStep::accumulate_after || (in_two && step[1].b == 1);
  if (in_two || after || step->op == ScalarStep::accumulate) {
    const std::uint32_t c = read(in_two ? step[1].a : y);
    const std::uint32_t factors[] = {read(step->a), read(step->b)};
    const std::uint32_t product = next();
    add(op<Mul>(), factors, 0, y, in_two ? place(y) : program_.passing());
    const std::uint32_t terms[] = {after ? product : c, after ? c : product};
    add(op<Add>(), terms, 0, y, place(y));
    return in_two ? step + 1 : step;
  }
  const Op& op = *all_ops()[step->op];
  const auto arity = static_cast<std::size_t>(op.arity());
  const bool has_number = arity == 1 && step->b == 0;
  const std::uint32_t x[] = {read(step->a), read(step->b), read(arity > 2 ? step[1].a : 0)};
  add(op, std::span(x, arity),
      has_number ? static_cast<std::uint32_t>(to_.attributes.size() - 1) : 0, y, place(y));
  return arity > 2 ? step + 1 : step;
}

/// An instruction on single numbers, whose result stands at position y.
void Lister::add(const Op& op, std::span<const std::uint32_t> operands, std::uint32_t attributes,
                 std::uint32_t y, Program::Place place) {
  const NodeId node = program_.nodes_[to_.list.size()];
  to_.list.push_back({&op, static_cast<std::uint32_t>(to_.operands.size()), attributes});
  to_.operands.insert(to_.operands.end(), operands.begin(), operands.end());
  numbers_[y] = next();
  to_.values.push_back({place, shape_of(op, operands, attributes), node});
}

Program::Place Lister::place(std::uint32_t position) const {
  const auto from_first = Program::Place{position} - program_.first_small();
  return from_first < 0 ? -Program::Place{position} : from_first + program_.small_start();
}

/// A single number may have any rank.
std::uint32_t Lister::shape_of(const Op& op, std::span<const std::uint32_t> operands,
                               std::uint32_t attributes) const {
  const std::uint32_t first = to_.values[operands[0]].shape;
  std::vector<Shape> shapes;
  bool alike = true;
  for (const std::uint32_t operand : operands) alike = alike && to_.values[operand].shape == first;
  if (alike) return first;
  for (const std::uint32_t operand : operands) {
    shapes.push_back(program_.shape(to_.values[operand].shape));
  }
  const auto all = program_.shapes();
  const auto row = std::find(all.begin(), all.end(), op.shape(shapes, to_.attributes[attributes]));
  return static_cast<std::uint32_t>(row - all.begin());
}

const Instructions& Program::list() const {
  std::call_once(instructions_->listed, [this] { Lister(*this, *instructions_).run(); });
  return *instructions_;
}

}  // namespace gradus
