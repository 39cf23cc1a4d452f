#include "gradus/lang/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "gradus/lang/limits.hpp"

namespace gradus::lang {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// What people paste from typeset mathematics, and how it is written here.
struct Spelling {
  std::string_view typeset, plain;
};
constexpr std::array spellings{
    Spelling{"−", "-"},      Spelling{"–", "-"},  Spelling{"×", "*"},   Spelling{"·", "*"},
    Spelling{"⋅", "*"},      Spelling{"∗", "*"},  Spelling{"÷", "/"},   Spelling{"²", "^2"},
    Spelling{"³", "^3"},     Spelling{"≤", "<="}, Spelling{"≥", ">="},  Spelling{"≠", "!="},
    Spelling{"|", "abs(x)"}, Spelling{"ᵀ", ".T"}, Spelling{"½", "0.5"}, Spelling{"√", "sqrt()"},
    Spelling{"∂", "d(f, x)"}};

/// The bytes of a letter (or a subscript digit) of another script at the start of a text; 0 if
/// there is none. Latin, Greek, Cyrillic and the other scripts up to the general punctuation;
/// subscripts; Chinese, Japanese and Korean.
std::size_t foreign_letter(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  if (byte(0) >= 0xC3 && byte(0) <= 0xDF && follows(1)) {
    const unsigned code = (byte(0) & 0x1Fu) << 6 | (byte(1) & 0x3Fu);
    return code == 0xD7 || code == 0xF7 || (code >= 0x300 && code <= 0x36F) ? 0 : 2;
  }
  if (byte(0) >= 0xE0 && byte(0) <= 0xEF && follows(1) && follows(2)) {
    const unsigned code = (byte(0) & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    const bool letter = (code >= 0x900 && code < 0x1680) || (code >= 0x1E00 && code < 0x2000) ||
                        (code >= 0x2080 && code <= 0x2089) || (code >= 0x3041 && code < 0xA000) ||
                        (code >= 0xAC00 && code <= 0xD7A3);
    return letter ? 3 : 0;
  }
  return 0;
}

std::size_t letter(std::string_view text) {
  if (text.empty()) return 0;
  return is_letter(text[0]) ? 1 : foreign_letter(text);
}

}  // namespace

std::string describe(const Token& token) {
  switch (token.kind) {
    case Token::Kind::newline:
      return token.text == ";" ? "';'" : "the end of the line";
    case Token::Kind::end:
      return "the end";
    default:
      return "'" + shown(token.text) + "'";
  }
}

Token Lexer::take(Token::Kind kind, std::size_t length) {
  const Token token{kind, text_.substr(at_, length), static_cast<std::uint32_t>(at_)};
  at_ += length;
  return token;
}

void Lexer::skip_space() {
  if (at_ == 0 && text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;  // a byte-order mark
  const bool line_goes_on = open_ > 0 || operator_before_;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == ' ' || c == '\t' || c == '\r' || (c == '\n' && line_goes_on)) {
      ++at_;
    } else if (text_.substr(at_, 2) == "\xC2\xA0") {  // a space that does not break
      at_ += 2;
    } else {
      return;
    }
  }
}

Token Lexer::next() {
  skip_space();
  if (at_ >= text_.size()) return take(Token::Kind::end, 0);
  const char c = text_[at_];
  const bool number_follows = at_ + 1 < text_.size() && is_digit(text_[at_ + 1]);
  Token token;
  if (c == '\n' || c == ';') {
    token = take(Token::Kind::newline, 1);
  } else if (is_digit(c) || (c == '.' && number_follows)) {
    token = number();
  } else if (letter(text_.substr(at_)) > 0) {
    token = name();
  } else {
    token = symbol();
  }
  constexpr std::array<std::string_view, 15> open_ended{"+",  "-", "*",  "/",  "@",  "^", "**", "<",
                                                        "<=", ">", ">=", "==", "!=", "=", ","};
  operator_before_ =
      token.kind == Token::Kind::symbol &&
      std::find(open_ended.begin(), open_ended.end(), token.text) != open_ended.end();
  return token;
}

Token Lexer::number() {
  const char* first = text_.data() + at_;
  double value = 0;
  const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
  Token token = take(Token::Kind::number, static_cast<std::size_t>(end - first));
  token.number = value;
  if (error == std::errc::result_out_of_range) {
    source_.fail(token.at,
                 fmt::format("{} is too large or too small for a double", shown(token.text)));
  }
  if (letter(text_.substr(at_)) > 0) {
    const std::size_t start = at_;
    const Token behind = name();
    source_.fail(start, fmt::format("'{}{}' is neither a number nor a name: for a product write "
                                    "{} * {}",
                                    shown(token.text, 20), shown(behind.text, 20),
                                    shown(token.text, 20), shown(behind.text, 20)));
  }
  return token;
}

Token Lexer::name() {
  std::size_t length = 0;
  const std::string_view rest = text_.substr(at_);
  while (length < rest.size()) {
    const std::size_t more = is_digit(rest[length]) ? 1 : letter(rest.substr(length));
    if (more == 0) break;
    length += more;
  }
  if (length > max_name) {
    source_.fail(at_, fmt::format("this name is longer than {} bytes", max_name));
  }
  return take(Token::Kind::name, length);
}

Token Lexer::symbol() {
  constexpr std::array<std::string_view, 24> known{"**", "<=", ">=", "==", "!=", "+", "-", "*",
                                                   "/",  "@",  "^",  "<",  ">",  "=", "(", ")",
                                                   "[",  "]",  "{",  "}",  ",",  ":", ".", "%"};
  const std::string_view rest = text_.substr(at_);
  if (rest.substr(0, 2) == "//") {
    source_.fail(at_, "'//' is no part of the language: comments start with #");
  }
  if (rest[0] == '\'') source_.fail(at_, "a derivative is written d(f, x), a transpose X.T");
  for (const std::string_view symbol : known) {
    if (rest.substr(0, symbol.size()) != symbol) continue;
    if (symbol == "(" || symbol == "[") ++open_;
    if ((symbol == ")" || symbol == "]") && open_ > 0) --open_;
    return take(Token::Kind::symbol, symbol.size());
  }
  for (const auto& [typeset, plain] : spellings) {
    if (rest.substr(0, typeset.size()) == typeset) {
      source_.fail(at_, fmt::format("'{}' is no part of the language: write {}", typeset, plain));
    }
  }
  const auto byte = static_cast<unsigned char>(rest[0]);
  source_.fail(at_,
               byte < 0x20 || byte == 0x7F
                   ? fmt::format("byte {} is a control character, no part of the language", byte)
                   : fmt::format("'{}' is no part of the language", shown(first_character(rest))));
}

}  // namespace gradus::lang
