#include "gradus/lang/parser.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "gradus/lang/functions.hpp"
#include "gradus/lang/habits.hpp"
#include "gradus/lang/lexer.hpp"
#include "gradus/lang/limits.hpp"

namespace gradus::lang {
namespace {

using Kind = Expression::Kind;
using Statements = Statement::Kind;
template <std::size_t n>
using Symbols = std::array<std::string_view, n>;

class Parser {
 public:
  explicit Parser(const SourceText& source) : source_(source), lexer_(source) {
    current_ = lexer_.next();
    following_ = lexer_.next();
  }

  Syntax parse() {
    statements(0);
    return std::move(syntax_);
  }

 private:
  // --- Words ---

  Token advance() {
    const Token token = previous_ = current_;
    current_ = following_;
    if (following_.kind != Token::Kind::end) following_ = lexer_.next();
    return token;
  }
  bool accept(std::string_view symbol) {
    if (!current_.is(symbol)) return false;
    advance();
    return true;
  }
  template <std::size_t n>
  bool is_one_of(const Symbols<n>& symbols) const {
    return std::any_of(symbols.begin(), symbols.end(),
                       [&](std::string_view symbol) { return current_.is(symbol); });
  }
  [[noreturn]] void expected(std::string_view what) const {
    if (current_.is("%"))
      source_.fail(current_.at, "there is no remainder %, as it has no derivative");
    source_.fail(current_.at, fmt::format("expected {}, found {}", what, describe(current_)));
  }
  /// sin x: a function with its argument beside it.
  void check_brackets() const {
    const bool operand = current_.kind == Token::Kind::name || current_.kind == Token::Kind::number;
    if (!operand || previous_.kind != Token::Kind::name || !find_function(previous_.text)) return;
    source_.fail(current_.at, fmt::format("a function's argument stands in brackets: {}({})",
                                          previous_.text, shown(current_.text, 20)));
  }
  void close(std::string_view symbol, const Token& opened) {
    if (accept(symbol)) return;
    check_brackets();
    const std::uint32_t line = source_.line(opened.at);
    expected(fmt::format(
        "'{}' (or ',') for the '{}'{}", symbol, opened.text,
        line == source_.line(current_.at) ? std::string() : fmt::format(" of line {}", line)));
  }

  // --- Statements ---

  void statements(int scopes) {
    while (true) {
      while (current_.kind == Token::Kind::newline) advance();
      if (current_.kind == Token::Kind::end) return;
      if (current_.is("}")) {
        if (scopes > 0) return;
        source_.fail(current_.at, "there is no '{' for this '}'");
      }
      statement(scopes);
      if (current_.kind == Token::Kind::newline || current_.kind == Token::Kind::end) continue;
      if (current_.is("}") && scopes > 0) continue;
      after_expression();
    }
  }

  /// What stands where a statement should have ended.
  [[noreturn]] void after_expression() const {
    if (current_.is("=")) {
      source_.fail(current_.at,
                   "only a name can stand before '=': NAME = EXPRESSION; to compare, "
                   "write ==");
    }
    if (current_.is(")") || current_.is("]")) {
      source_.fail(current_.at, fmt::format("there is a '{}' too many", current_.text));
    }
    if (current_.is(",")) comma();
    check_brackets();
    if (current_.is("(") || current_.kind == Token::Kind::name ||
        current_.kind == Token::Kind::number) {
      source_.fail(current_.at,
                   fmt::format("expected an operator before {}: a product is written with *, "
                               "statements end with a newline or ;",
                               describe(current_)));
    }
    expected("an operator, a newline or ;");
  }

  /// 0,5 or 1,2,3 without brackets.
  [[noreturn]] void comma() const {
    const bool numbers =
        previous_.kind == Token::Kind::number && following_.kind == Token::Kind::number;
    const bool another = source_.text().substr(following_.at + following_.text.size(), 1) == ",";
    if (!numbers || another) source_.fail(current_.at, "a list stands in brackets: [1, 2, 3]");
    const std::string before = shown(previous_.text, 20), behind = shown(following_.text, 20);
    source_.fail(current_.at,
                 fmt::format("decimals take a point: {}.{}; a list is written [{}, {}]", before,
                             behind, before, behind));
  }

  void statement(int scopes) {
    const bool named = current_.kind == Token::Kind::name;
    const bool name_follows = following_.kind == Token::Kind::name;
    if (named && name_follows && (current_.text == "input" || current_.text == "param")) {
      const Statements kind = current_.text == "input" ? Statements::input : Statements::param;
      advance();
      const Token name = advance();
      begin(kind, name.at, name.text);
      if (accept("=")) expression();
      end();
    } else if (named && name_follows && current_.text == "scope") {
      scope(scopes);
    } else {
      const Token name = current_;
      const bool assigned = named && following_.is("=");
      if (assigned) advance();
      if (assigned) advance();
      begin(assigned ? Statements::assign : Statements::expression, name.at,
            assigned ? name.text : "");
      expression();
      end();
    }
  }

  void scope(int scopes) {
    advance();
    const Token name = advance();
    if (scopes == max_scopes) {
      source_.fail(name.at, fmt::format("scopes stand in each other at most {} deep", max_scopes));
    }
    while (current_.kind == Token::Kind::newline && current_.text != ";") advance();
    const Token opened = current_;
    if (!accept("{")) expected("'{' behind the name of the scope");
    begin(Statements::open_scope, name.at, name.text);
    end();
    statements(scopes + 1);
    if (!accept("}"))
      expected(fmt::format("'}}' for the '{{' of line {}", source_.line(opened.at)));
    begin(Statements::close_scope, name.at, name.text);
    end();
  }

  void begin(Statements kind, std::uint32_t at, std::string_view name) {
    statement_ = {kind, at, name, static_cast<ExpressionId>(syntax_.expressions.size()), 0};
  }
  void end() {
    statement_.end = static_cast<ExpressionId>(syntax_.expressions.size());
    syntax_.statements.push_back(statement_);
  }

  // --- Expressions ---

  ExpressionId add(Kind kind, const Token& token, std::span<const ExpressionId> operands = {}) {
    Expression e{kind,
                 token.at,
                 static_cast<std::uint32_t>(syntax_.operand_list.size()),
                 static_cast<std::uint32_t>(operands.size()),
                 token.text,
                 token.number};
    syntax_.operand_list.insert(syntax_.operand_list.end(), operands.begin(), operands.end());
    syntax_.expressions.push_back(e);
    return static_cast<ExpressionId>(syntax_.expressions.size() - 1);
  }
  ExpressionId add(Kind kind, const Token& token, std::initializer_list<ExpressionId> operands) {
    return add(kind, token, std::span<const ExpressionId>(operands.begin(), operands.size()));
  }

  /// A comparison, which is the weakest tie.
  ExpressionId expression() {
    constexpr Symbols<6> comparisons{"<", "<=", ">", ">=", "==", "!="};
    const ExpressionId left = sum();
    if (!is_one_of(comparisons)) return left;
    const Token op = advance();
    const ExpressionId right = sum();
    if (is_one_of(comparisons)) {
      source_.fail(current_.at,
                   "comparisons give 1 or 0 and do not chain: a < b < c is written "
                   "(a < b) * (b < c)");
    }
    return add(Kind::binary, op, {left, right});
  }

  /// Operands of one strength, which are taken from left to right.
  template <std::size_t n>
  ExpressionId from_left(const Symbols<n>& operators, ExpressionId (Parser::*operand)()) {
    ExpressionId left = (this->*operand)();
    while (is_one_of(operators)) {
      const Token op = advance();
      const ExpressionId right = (this->*operand)();
      left = add(Kind::binary, op, {left, right});
    }
    return left;
  }
  ExpressionId sum() { return from_left(Symbols<2>{"+", "-"}, &Parser::term); }
  ExpressionId term() { return from_left(Symbols<3>{"*", "/", "@"}, &Parser::sign); }

  /// Every way into a deeper level leads through here.
  ExpressionId sign() {
    if (++depth_ > max_depth) {
      source_.fail(current_.at,
                   fmt::format("this is nested more than {} deep: name a part of it, and go on "
                               "with the name",
                               max_depth));
    }
    ExpressionId result = 0;
    if (current_.is("-")) {
      const Token op = advance();
      const ExpressionId operand = sign();
      result = add(Kind::unary, op, {operand});
    } else if (accept("+")) {
      result = sign();
    } else {
      result = power();
    }
    --depth_;
    return result;
  }

  ExpressionId power() {
    const Token first = current_;
    const ExpressionId base = postfix();
    if (!current_.is("^") && !current_.is("**")) return base;
    const bool function = previous_.at == first.at && find_function(first.text);
    const Token op = advance();
    if (function && current_.kind == Token::Kind::number && following_.is("(")) {
      source_.fail(op.at, fmt::format("a power stands behind the function's brackets: {}(x)^{}",
                                      first.text, shown(current_.text, 20)));
    }
    const ExpressionId exponent = sign();
    return add(Kind::binary, op, {base, exponent});
  }

  ExpressionId postfix() {
    ExpressionId operand = primary();
    while (current_.is(".") || current_.is("[")) {
      const Token opened = advance();
      if (opened.is(".")) {
        if (current_.kind != Token::Kind::name || current_.text != "T")
          expected("T behind the '.'");
        advance();
        operand = add(Kind::transpose, opened, {operand});
        continue;
      }
      std::vector<ExpressionId> operands{operand};
      do {
        if (current_.is("]") && operands.size() > 1) break;
        operands.push_back(index());
      } while (accept(","));
      close("]", opened);
      operand = add(Kind::index, opened, operands);
    }
    return operand;
  }

  ExpressionId index() {
    const Token start = current_;
    ExpressionId parts[3] = {};
    const auto part = [&] {
      const bool missing = current_.is(":") || current_.is(",") || current_.is("]");
      return missing ? add(Kind::none, current_, {}) : expression();
    };
    if (current_.is("]") || current_.is(",")) expected("a position or a range start:stop");
    parts[0] = part();
    if (!current_.is(":")) return parts[0];
    advance();
    parts[1] = part();
    parts[2] = accept(":") ? part() : add(Kind::none, current_, {});
    return add(Kind::range, start, parts);
  }

  ExpressionId primary() {
    if (current_.kind == Token::Kind::number) {
      const Token number = advance();
      if (current_.is("(")) {
        source_.fail(current_.at, fmt::format("a number is no function: for a product write {} * (",
                                              shown(number.text, 20)));
      }
      return add(Kind::number, number, {});
    }
    if (current_.kind == Token::Kind::name) return following_.is("(") ? call() : name();
    const Token opened = current_;
    if (!opened.is("(") && !opened.is("[")) expected("a number, a name or '('");
    const std::string_view end = opened.is("(") ? ")" : "]";
    advance();
    if (current_.is(end)) return list(end, opened, {});
    const ExpressionId first = expression();
    if (opened.is("(") && accept(end)) return first;
    return list(end, opened, {first});
  }

  /// The rest of a list: [1, 2], (2, 3), (2,).
  ExpressionId list(std::string_view end, const Token& opened, std::vector<ExpressionId> items) {
    while (accept(",")) {
      if (current_.is(end)) break;
      items.push_back(expression());
    }
    close(end, opened);
    return add(Kind::list, opened, items);
  }

  /// x, hidden.S, x.T: which of them it is, is known when names are.
  ExpressionId name() {
    Token token = advance();
    while (current_.is(".")) {
      if (following_.kind != Token::Kind::name) {
        advance();
        expected("a name behind the '.'");
      }
      if (current_.at != token.at + token.text.size() || following_.at != current_.at + 1) {
        source_.fail(current_.at, "there is no space around the '.' of a name");
      }
      advance();
      const Token part = advance();
      token.text = source_.text().substr(token.at, part.at + part.text.size() - token.at);
    }
    if (current_.is("(")) {
      const std::size_t dot = token.text.find('.');
      const std::string_view last = token.text.substr(token.text.rfind('.') + 1);
      if (dot != std::string_view::npos && is_library(token.text.substr(0, dot))) {
        source_.fail(token.at, fmt::format("functions stand without the name of a library: {}(...)",
                                           shown(last)));
      }
      source_.fail(current_.at, fmt::format("'{}' is no function", shown(token.text)));
    }
    return add(Kind::name, token, {});
  }

  ExpressionId call() {
    const Token function = advance();
    const Token opened = advance();
    std::vector<ExpressionId> arguments;
    bool keywords = false;
    while (!current_.is(")")) {
      if (current_.kind == Token::Kind::name && following_.is("=")) {
        keywords = true;
        const Token key = advance();
        advance();
        const ExpressionId value = expression();
        arguments.push_back(add(Kind::keyword, key, {value}));
      } else {
        if (keywords) expected("NAME=VALUE, as the argument before");
        arguments.push_back(expression());
      }
      if (!accept(",")) break;
    }
    close(")", opened);
    if (function.text == "d" && arguments.size() == 1) {  // d(x^2)/dx
      const std::uint32_t first = opened.at + 1;
      source_.fail(function.at,
                   written_instead_of_d(source_.text().substr(first, previous_.at - first),
                                        current_.is("/") ? following_.text : ""));
    }
    return add(Kind::call, function, arguments);
  }

  const SourceText& source_;
  Lexer lexer_;
  Token previous_, current_, following_;
  Syntax syntax_;
  Statement statement_;
  int depth_ = 0;
};

}  // namespace

Syntax parse(const SourceText& source) {
  if (source.text().size() > max_text) {
    throw FormulaError(fmt::format("{} is longer than {} bytes", shown(source.file()), max_text));
  }
  return Parser(source).parse();
}

}  // namespace gradus::lang
