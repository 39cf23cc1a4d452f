/// The words of a formula.
#pragma once

#include <vector>

#include "gradus/lang/source_text.hpp"

namespace gradus::lang {

/// A word of the text.
struct Token {
  enum class Kind { number, name, symbol, newline, end };
  Kind kind = Kind::end;
  std::string_view text;  ///< as it stands there
  std::uint32_t at = 0;   ///< where
  double number = 0;

  bool is(std::string_view symbol) const { return kind == Kind::symbol && text == symbol; }
};

/// "a name", "'+'", "the end of the line": for errors.
std::string describe(const Token& token);

/// Takes a text apart, front to back. Comments and space go; a line does not end inside ( ) and [
/// ], nor behind an operator.
class Lexer {
 public:
  explicit Lexer(const SourceText& source) : source_(source), text_(source.text()) {}
  Token next();

 private:
  void skip_space();
  Token number();
  Token name();
  Token symbol();
  Token take(Token::Kind kind, std::size_t length);

  const SourceText& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t open_ = 0;          // round and square brackets around this place
  bool operator_before_ = false;  // the last word wants an operand: the line goes on
};

}  // namespace gradus::lang
