#include "gradus/run/instructions.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "gradus/ops/list.hpp"

namespace gradus {

/// Lists the instructions of a program.
class Lister {
 public:
  Lister(const Program& program, Instructions& to)
      : program_(program),
        to_(to),
        numbers_(static_cast<std::size_t>(program.numbers())),
        leaves_(program.leaves_.size()) {}

  void run();

 private:
  /// The position in values of the one that is listed next.
  std::uint32_t next() const { return static_cast<std::uint32_t>(to_.values.size()); }
  void count_bytes();
  void add_value(const Program::Value& value);
  void add_call(const Program::Call& call);
  const ScalarStep* add_op(const ScalarStep* step);
  void add(const Op& op, std::span<const std::uint32_t> operands, std::uint32_t attributes,
           std::uint32_t y, Program::Place place);
  std::uint32_t shape_of(const Op& op, std::span<const std::uint32_t> operands,
                         std::uint32_t attributes) const;

  const Program& program_;
  Instructions& to_;
  std::vector<std::uint32_t> numbers_;  // the value that stands at each position of the array
  std::vector<std::uint32_t> leaves_;   // and in each leaf
};

/// Steps name positions. Running in their order, it is known which value stands in each.
void Lister::run() {
  to_.list.clear();  // an attempt may have found no memory
  to_.values.clear();
  to_.operands.clear();
  to_.list.reserve(program_.size());
  to_.values.reserve(program_.given_.size() + program_.size());
  to_.operands.reserve(2 * program_.size());
  to_.attributes = program_.attributes_;
  for (const Program::Value& value : program_.given_) add_value(value);
  for (const ScalarStep* step = program_.steps();; ++step) {
    switch (step->op) {
      case ScalarStep::fetch:
        numbers_[step->y] = leaves_[step->a];
        break;
      case ScalarStep::publish:  // where it was published is its place already
        break;
      case ScalarStep::number:
        to_.attributes.emplace_back(
            Number{std::bit_cast<double>(std::array<std::uint32_t, 2>{step->a, step->b})});
        break;
      case ScalarStep::general:
        if (step->a == ScalarStep::end) return count_bytes();
        add_call(program_.call(step->a));
        break;
      default:
        step = add_op(step);
    }
  }
}

void Lister::count_bytes() {
  const auto of = [](const auto& table) { return table.capacity() * sizeof(table[0]); };
  to_.bytes = of(to_.list) + of(to_.values) + of(to_.operands) + of(to_.attributes);
}

/// What is known of the value of a leaf or a constant, or a call's.
void Lister::add_value(const Program::Value& value) {
  if (value.place < 0) {
    leaves_[static_cast<std::size_t>(~value.place)] = next();
  } else if (program_.shape(value.shape).elements() == 1) {
    numbers_[program_.position(value.place)] = next();
  }
  to_.values.push_back(value);
}

void Lister::add_call(const Program::Call& call) {
  to_.list.push_back({call.op, static_cast<std::uint32_t>(to_.operands.size()), call.attributes});
  const auto reads = program_.call_reads_.begin() + call.first_operand;
  to_.operands.insert(to_.operands.end(), reads, reads + call.operand_count);
  add_value(call.result);
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
    add(op<Mul>(), factors, 0, y, program_.passing());
    const std::uint32_t terms[] = {after ? product : c, after ? c : product};
    add(op<Add>(), terms, 0, y, program_.place(y));
    return in_two ? step + 1 : step;
  }
  const Op& op = *all_ops()[step->op];
  const auto arity = static_cast<std::size_t>(op.arity());
  const bool numbered = arity == 1 && step->b == 0;
  const std::uint32_t x[] = {read(step->a), read(step->b), read(arity > 2 ? step[1].a : 0)};
  add(op, std::span(x, arity), numbered ? static_cast<std::uint32_t>(to_.attributes.size() - 1) : 0,
      y, program_.place(y));
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

/// A single number may have any rank.
std::uint32_t Lister::shape_of(const Op& op, std::span<const std::uint32_t> operands,
                               std::uint32_t attributes) const {
  const std::uint32_t first = to_.values[operands[0]].shape;
  bool alike = true;
  for (const std::uint32_t operand : operands) alike = alike && to_.values[operand].shape == first;
  if (alike) return first;
  std::vector<Shape> shapes;
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

std::span<const Program::Instruction> Program::instructions() const { return list().list; }

std::span<const Program::Value> Program::values() const { return list().values; }

std::span<const std::uint32_t> Program::operands(std::size_t instruction) const {
  const Instructions& all = list();
  const std::size_t first = all.list[instruction].first_operand;
  const bool last = instruction + 1 == all.list.size();
  const std::size_t end = last ? all.operands.size() : all.list[instruction + 1].first_operand;
  return {all.operands.data() + first, end - first};
}

const Attributes& Program::attributes(std::uint32_t row) const {
  return row < attributes_.size() ? attributes_[row] : list().attributes[row];
}

}  // namespace gradus
