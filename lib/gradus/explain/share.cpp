#include "gradus/explain/share.hpp"

#include <algorithm>

#include "gradus/explain/formula.hpp"
#include "gradus/explain/words.hpp"
#include "gradus/run/value.hpp"

namespace gradus::explain {
namespace {

/// The local derivative: what the op's own rule gives for an adjoint of 1.
void add_local(Share& share, Tape& tape, const Symbols& symbols, int digits) {
  const auto [from, to, operand] = share.wire;
  std::vector<Var> x;
  for (const NodeId id : tape.operands(to)) x.emplace_back(tape, id);
  const Attributes attributes =
      tape.attributes(to);  // a copy: recording may move the tape's tables
  const Var one = tape.constant(Tensor<double>(tape.shape(to), 1.0));
  const Var slope = tape.op(to).vjp({static_cast<int>(operand), one, x, Var(tape, to), attributes});
  share.slope = value(slope);
  share.local = read(
      tape, slope.id(),
      [&](NodeId id) {
        return id == one.id() ? Math::number(1) : id < one.id() ? symbols.of(id) : Math();
      },
      true, digits);
  if (share.local.empty()) share.local = Math::partial(symbols.of(to), symbols.of(from));
}

}  // namespace

bool small(const Shape& shape) {
  return shape.rank() <= 2 && shape.elements() > 0 &&
         std::all_of(shape.begin(), shape.end(), [](Index extent) { return extent <= 4; });
}

Share share_of(Tape& tape, const Contribution& contribution, NodeId upstream, NodeId result,
               const Symbols& symbols, int digits) {
  const NodeId from = contribution.wire.from, use = contribution.wire.to;
  const NodeId computed = contribution.value;
  const auto value_of = [&](NodeId id) { return value(Var(tape, id)); };
  Share share;
  share.wire = contribution.wire;
  share.value = value_of(computed);
  share.structure = structure(tape, share.wire);
  const Math arrives = Math::partial(symbols.of(result), symbols.of(use));
  const bool numbers = single(tape, from) && single(tape, use);
  const Op& op = tape.op(use);
  if (numbers || (op.pointwise() && op.arity() == 1)) add_local(share, tape, symbols, digits);
  if (numbers) {
    share.symbols = Math::product({arrives, share.local});
    share.numbers = Math::product(
        {Math::number(value_of(upstream)[0], digits), Math::number(share.slope[0], digits)});
    return share;
  }
  // Tensors: the recorded contribution itself, with the adjoint that it starts from as a symbol.
  share.symbols = read(
      tape, computed,
      [&](NodeId id) { return id == upstream ? arrives
                              : id <= result ? symbols.of(id)
                                             : Math(); },
      true, digits);
  if (share.symbols.empty()) {
    share.symbols = Math::product({arrives, Math::partial(symbols.of(use), symbols.of(from))});
  }
  bool readable = small(share.value.shape());
  const Math written = read(
      tape, computed,
      [&](NodeId id) {
        if (id != upstream && id > result) return Math();
        readable = readable && small(tape.shape(id));
        return readable ? Math::tensor(value_of(id), digits) : Math::ellipsis();
      },
      false, digits);
  if (readable) share.numbers = written;
  return share;
}

}  // namespace gradus::explain
