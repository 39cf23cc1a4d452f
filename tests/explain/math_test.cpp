// Formulas as text, LaTeX and MathML.
#include "gradus/explain/math.hpp"
#include "catch.hpp"

using gradus::Shape;
using gradus::Tensor;
using gradus::explain::Math;
using gradus::explain::number_text;

namespace {

const Math a = Math::symbol("a"), b = Math::symbol("b"), c = Math::symbol("c");

Math n(double x) { return Math::number(x); }

}  // namespace

TEST_CASE("Numbers are short, and never -0", "[explain]") {
  CHECK(number_text(-0.0) == "0");
  CHECK(number_text(2) == "2");
  CHECK(number_text(-3) == "-3");
  CHECK(number_text(123456) == "123456");
  CHECK(number_text(1.0 / 3) == "0.33333");
  CHECK(number_text(1.0 / 3, 2) == "0.33");
  CHECK(number_text(1.5e-7) == "1.5e-7");
  CHECK(number_text(-2.5e300) == "-2.5e300");
  CHECK(number_text(1e6) == "1e6");
  CHECK(number_text(0.1 + 0.2) == "0.3");
  CHECK(number_text(std::nan("")) == "NaN");
  CHECK(number_text(-INFINITY) == "-∞");
}

TEST_CASE("Parentheses stand where a formula needs them", "[explain]") {
  const Math sum = Math::sum({a, b});
  CHECK(Math::product({sum, c}).text() == "(a + b) · c");
  CHECK(Math::product({c, sum}).text() == "c · (a + b)");
  CHECK(Math::sum({a, Math::product({b, c})}).text() == "a + b · c");
  CHECK(Math::sum({a, Math::sum({b, c})}).text() == "a + (b + c)");
  CHECK(Math::sum({a, Math::negative(b)}).text() == "a - b");
  CHECK(Math::sum({a, Math::negative(sum)}).text() == "a - (a + b)");
  CHECK(Math::sum({n(1), n(-3)}).text() == "1 - 3");
  CHECK(Math::negative(sum).text() == "-(a + b)");
  CHECK(Math::negative(Math::negative(a)).text() == "-(-a)");
  CHECK(Math::negative(n(-2)).text() == "-(-2)");
  CHECK(Math::negative(n(-2)).latex() == "-\\left(-2\\right)");
  CHECK(Math::product({a, Math::negative(b)}).text() == "a · (-b)");
  CHECK(Math::fraction(a, Math::product({b, c})).text() == "a / (b · c)");
  CHECK(Math::fraction(Math::fraction(a, b), c).text() == "a / b / c");
  CHECK(Math::fraction(a, Math::fraction(b, c)).text() == "a / (b / c)");
  CHECK(Math::product({a, Math::fraction(b, c)}).text() == "a · (b / c)");
  CHECK(Math::power(sum, n(2)).text() == "(a + b)^2");
  CHECK(Math::power(n(-3), n(2)).text() == "(-3)^2");
  CHECK(Math::power(Math::power(a, b), c).text() == "(a^b)^c");
  CHECK(Math::power(a, n(-1)).text() == "a^(-1)");
  CHECK(Math::transpose(sum).text() == "(a + b)ᵀ");
  CHECK(Math::matmul(Math::transpose(a), Math::partial(b, c)).text() == "aᵀ @ ∂b/∂c");
  CHECK(Math::transpose(Math::partial(b, c)).text() == "(∂b/∂c)ᵀ");
  CHECK(Math::element(sum, "3,7").text() == "(a + b)[3,7]");
  CHECK(Math::call("abs", {sum}).text() == "|a + b|");
  CHECK(Math::call("maximum", {a, sum}).text() == "maximum(a, a + b)");
}

TEST_CASE("A factor that is negative is told apart from a difference", "[explain]") {
  const Math product = Math::product({n(2), n(-3)});
  CHECK(product.text() == "2 · -3");
  CHECK(product.latex() == "2 \\cdot \\left(-3\\right)");
  CHECK(Math::compact(product).text() == "2·(-3)");
  CHECK(product.mathml() ==
        "<math><mrow><mn>2</mn><mo>·</mo><mrow><mo stretchy=\"false\">(</mo><mrow><mo "
        "form=\"prefix\">−</mo>"
        "<mn>3</mn></mrow><mo stretchy=\"false\">)</mo></mrow></mrow></math>");
}

TEST_CASE("A node's formula is its name, written without spaces", "[explain]") {
  const Math product = Math::compact(Math::product({a, b}));
  const Math sum = Math::compact(Math::sum({a, c}));
  const Math line =
      Math::chain({Math::partial(Math::symbol("L"), a),
                   Math::sum({Math::product({Math::partial(Math::symbol("L"), product), b}),
                              Math::product({Math::partial(Math::symbol("L"), sum), n(1)})}),
                   Math::sum({Math::product({n(2), n(-3)}), Math::product({n(2), n(1)})}), n(-4)});
  CHECK(line.text() == "∂L/∂a = ∂L/∂(a·b) · b + ∂L/∂(a+c) · 1 = 2 · -3 + 2 · 1 = -4");
  CHECK(line.latex() ==
        "\\frac{\\partial L}{\\partial a} = \\frac{\\partial L}{\\partial \\left(a \\cdot "
        "b\\right)} \\cdot b + \\frac{\\partial L}{\\partial \\left(a + c\\right)} \\cdot 1 = "
        "2 \\cdot \\left(-3\\right) + 2 \\cdot 1 = -4");
}

TEST_CASE("The name of a node stays together in a product, in all three spellings", "[explain]") {
  const Math ab = Math::compact(Math::product({a, b}));
  const Math product = Math::product({ab, c});
  CHECK(product.text() == "(a·b) · c");
  CHECK(product.latex() == "\\left(a \\cdot b\\right) \\cdot c");
  CHECK(product.mathml() ==
        "<math><mrow><mrow><mo "
        "stretchy=\"false\">(</mo><mrow><mi>a</mi><mo>·</mo><mi>b</mi></mrow><mo "
        "stretchy=\"false\">)</mo></mrow>"
        "<mo>·</mo><mi>c</mi></mrow></math>");
  CHECK(Math::negative(ab).text() == "-(a·b)");
  CHECK(Math::negative(ab).latex() == "-\\left(a \\cdot b\\right)");
  // As part of another name it needs no parentheses.
  const Math abc = Math::compact(product);
  CHECK(abc.text() == "a·b·c");
  CHECK(abc.latex() == "a \\cdot b \\cdot c");
  CHECK(Math::compact(Math::fraction(ab, c)).text() == "a·b/c");
  CHECK(Math::compact(Math::fraction(a, Math::compact(Math::fraction(b, c)))).text() == "a/(b/c)");
}

TEST_CASE("What is rounded is said to be about equal", "[explain]") {
  CHECK(Math::chain({a, n(0.5)}).text() == "a = 0.5");
  CHECK(Math::chain({a, n(1.0 / 3)}).text() == "a ≈ 0.33333");
  CHECK(Math::chain({a, Math::product({n(1.0 / 3), n(3)}), n(1)}).text() == "a ≈ 0.33333 · 3 = 1");
  CHECK(Math::chain({a, n(1.0 / 3)}).latex() == "a \\approx 0.33333");
  CHECK(Math::chain({a, n(0.1 + 0.2)}).text() == "a = 0.3");
}

TEST_CASE("Tensors are shown whole if they are small, and else a corner", "[explain]") {
  const Tensor<double> x(Shape{2, 2}, {1, 2, 3, 4.5});
  CHECK(Math::tensor(x).text() == "[[1, 2], [3, 4.5]]");
  CHECK(Math::tensor(x).latex() == "\\begin{bmatrix} 1 & 2 \\\\ 3 & 4.5 \\end{bmatrix}");
  CHECK(Math::tensor(Tensor<double>(Shape{6}, 1.0)).text() == "[1, 1, 1, 1, …]");
  CHECK(Math::tensor(Tensor<double>(Shape{5, 1}, 7.0)).text() == "[[7], [7], [7], [7], […]]");
  CHECK(Math::tensor(Tensor<double>(Shape{0})).text() == "[]");
  CHECK(Math::tensor(Tensor<double>(Shape{}, 3)).text() == "3");
}

TEST_CASE("Names cannot break out of a formula", "[explain]") {
  const auto in_all = [](const char* name) {
    const Math m = Math::partial(Math::symbol("L"), Math::symbol(name));
    return std::array{m.text(), m.latex(), m.mathml()};
  };
  const auto [text, latex, mathml] = in_all("a</math><script>$x$ \\end{x} \n&b");
  CHECK(text == "∂L/∂(a</math><script>$x$ \\end{x} ␊&b)");
  CHECK_THAT(mathml, Catch::Matchers::ContainsSubstring("a&lt;/math&gt;&lt;script&gt;$x$"));
  CHECK_THAT(mathml, !Catch::Matchers::ContainsSubstring("<script>"));
  CHECK_THAT(mathml, Catch::Matchers::ContainsSubstring("&amp;b"));
  CHECK(latex.find('$') == std::string::npos);
  CHECK(latex.find('<') == std::string::npos);
  CHECK_THAT(latex, Catch::Matchers::ContainsSubstring("{\\backslash}end\\{x\\}"));
  CHECK(Math::symbol("hidden_1").latex() == "\\mathrm{hidden\\_}_{1}");
  CHECK(Math::symbol("50%#~^`|*").latex() ==
        "\\mathrm{50\\%\\#{\\sim}{\\wedge}{\\prime}{\\vert}{\\ast}}");
  CHECK(Math::symbol("W1").latex() == "W_{1}");
  CHECK(Math::symbol("W1").mathml() == "<math><msub><mi>W</mi><mn>1</mn></msub></math>");
  CHECK(Math::symbol("loss").latex() == "\\mathrm{loss}");
  CHECK(Math::call("my<op>", {Math::symbol("x")}).mathml() ==
        "<math><mrow><mi>my&lt;op&gt;</mi><mo>\u2061</mo><mrow><mo "
        "stretchy=\"false\">(</mo><mi>x</mi><mo stretchy=\"false\">)</mo>"
        "</mrow></mrow></math>");
  // A name that looks like a formula is no formula.
  CHECK(Math::product({Math::symbol("a+b"), Math::symbol("c")}).text() == "(a+b) · c");
  CHECK(Math::symbol("\xff").text() == "�");
}

TEST_CASE("Every tag of MathML is closed where it should be", "[explain]") {
  const Math all = Math::chain(
      {Math::element(Math::partial(a, b), "3,7"),
       Math::sum_over("i", Math::product({Math::transpose(a), Math::call("sqrt", {b})})),
       Math::condition(a, "≤", b), Math::power(a, Math::fraction(n(1.5e-7), b)),
       Math::tensor(Tensor<double>(Shape{5, 5}, -1.0)),
       Math::elementwise({Math::matmul(a, b), Math::call("abs", {c})}),
       Math::sum({Math::words("… (2 more)"), Math::ellipsis()})});
  const std::string text = all.mathml();
  std::vector<std::string> open;
  for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1)) {
    const std::size_t end = text.find_first_of(" >", at);
    REQUIRE(end != std::string::npos);
    if (text[at + 1] == '/') {
      REQUIRE(!open.empty());
      CHECK(open.back() == text.substr(at + 2, end - at - 2));
      open.pop_back();
    } else {
      open.push_back(text.substr(at + 1, end - at - 1));
    }
  }
  CHECK(open.empty());
  CHECK(all.text() ==
        "∂a/∂b[3,7] = Σ_i aᵀ · sqrt(b) = [a ≤ b] = a^(1.5e-7 / b) = [[-1, -1, -1, -1, …], [-1, "
        "-1, -1, -1, …], [-1, -1, -1, -1, …], [-1, -1, -1, -1, …], […, …, …, …, …]] = a @ b ⊙ "
        "|c| = … (2 more) + …");
}
