#include "gradus/ops/fused.hpp"

#include "gradus/kernels/gemm.hpp"
#include "gradus/ops/linear.hpp"
#include "gradus/ops/pointwise_op.hpp"

namespace gradus {
namespace {

static_assert(Chain::most_steps <= kernels::max_chain_steps &&
              Chain::most_operands <= kernels::max_chain_operands);

/// A chain as the kernels take it, in memory of its own.
template <Real T>
class KernelChain {
 public:
  explicit KernelChain(const Chain& chain) : count_(chain.steps.size()) {
    for (std::size_t i = 0; i < count_; ++i) {
      const Chain::Step& step = chain.steps[i];
      const auto& op = static_cast<const PointwiseOp&>(*step.op);
      steps_[i] = {op.strip(T{}), static_cast<T>(step.number), step.x};
      cost_ += op.cost_per_element() * static_cast<double>(sizeof(T) / sizeof(float));
    }
  }
  std::span<const kernels::ChainStep<T>> steps() const { return {steps_.data(), count_}; }
  double cost() const { return cost_; }

 private:
  std::array<kernels::ChainStep<T>, Chain::most_steps> steps_;
  std::size_t count_;
  double cost_ = 0;
};

[[noreturn]] Var no_derivative() {
  throw Error("an op that a pass made has no derivative: differentiate the recorded tape");
}

struct ChainOp final : Op {
  ChainOp() : Op({-1, true, {Flow::cut, Flow::cut, Flow::cut}}) {}

  static constexpr OpDoc doc_{"chain", "y = the last of several pointwise ops", ""};

  const OpDoc& doc() const override { return doc_; }
  Shape shape(std::span<const Shape> x, const Attributes&) const override { return broadcast(x); }
  void forward(const Forward<float>& args) const override { run(args); }
  void forward(const Forward<double>& args) const override { run(args); }
  Var vjp(const Vjp&) const override { no_derivative(); }
  Index flops(std::span<const Shape>, const Shape& y, const Attributes& attributes) const override {
    return y.elements() * static_cast<Index>(chain(attributes).steps.size());
  }

 private:
  static const Chain& chain(const Attributes& attributes) {
    return *std::get<Fused>(attributes).chain;
  }
  template <class T>
  static void run(const Forward<T>& args) {
    const KernelChain<T> chain(ChainOp::chain(args.attributes));
    kernels::chain<T>(chain.steps(), args.x, args.y, chain.cost());
  }
};

struct ProductOp final : Op {
  ProductOp() : Op({-1, false, {Flow::cut, Flow::cut, Flow::cut}}) {}

  static constexpr OpDoc doc_{"product", "Y = f(A B), element by element of the product", ""};

  const OpDoc& doc() const override { return doc_; }
  bool in_place(int operand, const Attributes& attributes) const override {
    const Product& product = std::get<Product>(attributes);
    return product.accumulation && product.accumulation->to == operand;
  }
  Shape shape(std::span<const Shape> x, const Attributes& attributes) const override {
    return Matmul::shape_of(x.first(2), std::get<Product>(attributes).transposes);
  }
  void forward(const Forward<float>& args) const override { run(args); }
  void forward(const Forward<double>& args) const override { run(args); }
  Var vjp(const Vjp&) const override { no_derivative(); }
  Index flops(std::span<const Shape> x, const Shape& y,
              const Attributes& attributes) const override {
    const Product& product = std::get<Product>(attributes);
    return op<Matmul>().flops(x.first(2), y, product.transposes) +
           y.elements() * static_cast<Index>(product.chain->steps.size());
  }

 private:
  template <class T>
  static void run(const Forward<T>& args);
};

template <class T>
T value(const Factor& factor, std::span<const View<const T>> x) {
  const T number = static_cast<T>(factor.number);
  return factor.operand < 0 ? number : number * *x[static_cast<std::size_t>(factor.operand)].data;
}

template <class T>
void ProductOp::run(const Forward<T>& args) {
  const Product& product = std::get<Product>(args.attributes);
  const View<const T>& a = args.x[0];
  const View<const T>& b = args.x[1];
  const auto [transpose_a, transpose_b] = product.transposes;
  const Index rows = (*args.y.shape)[0];
  const Index columns = (*args.y.shape)[1];
  const Index inner = (*a.shape)[transpose_a ? 0 : 1];
  kernels::GemmExtras<T> extras;
  extras.skip_zeros = product.skip_zeros;
  T alpha{1};
  T beta{0};

  // What a block is finished with.
  struct Finish {
    const KernelChain<T> chain;
    std::array<View<const T>, Chain::most_operands> x;
    std::size_t count;
    View<T> y;
    Finish(const Product& p, const Forward<T>& a) : chain(*p.chain), count(a.x.size() - 1), y(a.y) {
      x[0] = {a.y.data, a.y.shape};  // the product stands where the result will
      std::copy(a.x.begin() + 2, a.x.end(), x.begin() + 1);
    }
  };
  std::optional<Finish> finish;
  if (product.accumulation &&
      args.x[static_cast<std::size_t>(product.accumulation->to)].data == args.y.data) {
    alpha = value(product.accumulation->factor, args.x);
    beta = value(product.accumulation->keep, args.x);
  } else if (!product.chain->steps.empty()) {
    finish.emplace(product, args);
    extras.context = &*finish;
    extras.finish = [](const void* context, Index row, Index height, Index column, Index width) {
      const Finish& f = *static_cast<const Finish*>(context);
      kernels::chain_block<T>(f.chain.steps(), std::span(f.x.data(), f.count), f.y, row, height,
                              column, width);
    };
  }
  kernels::gemm(transpose_a, transpose_b, rows, columns, inner, alpha, a.data, (*a.shape)[1],
                b.data, (*b.shape)[1], beta, args.y.data, columns, extras);
}

}  // namespace

const Op& chain_op() {
  static const ChainOp op;
  return op;
}

const Op& product_op() {
  static const ProductOp op;
  return op;
}

}  // namespace gradus
