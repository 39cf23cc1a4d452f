#include "cli/json.hpp"

#include <regex>
#include <set>
#include <stdexcept>

#include "gradus/base/utf8.hpp"

namespace cli {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::string all() {
    value("");
    if (text_.substr(at_) != "\n") fail("the end of the line");
    return outline_ + "\n";
  }

 private:
  [[noreturn]] void fail(const std::string& wanted) const {
    throw std::runtime_error("no JSON at " + std::to_string(at_) + ": " + wanted + " is needed");
  }
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void space() {
    while (next() == ' ') ++at_;
  }
  void take(char wanted) {
    if (next() != wanted) fail(std::string(1, wanted));
    ++at_;
  }

  /// The items of an array or an object, each by `item`.
  template <class Item>
  void list(char open, char close, const char* separator, Item item) {
    take(open);
    outline_ += open;
    space();
    while (next() != close) {
      item();
      space();
      if (next() == close) break;
      take(',');
      outline_ += separator;
      space();
      if (next() == close) fail("a value behind the comma");
    }
    take(close);
    outline_ += close;
  }

  std::string match(const char* pattern, const char* name) {
    std::cmatch found;
    if (!std::regex_search(text_.data() + at_, text_.data() + text_.size(), found,
                           std::regex(pattern), std::regex_constants::match_continuous)) {
      fail(name);
    }
    at_ += static_cast<std::size_t>(found.length());
    return found.str();
  }

  std::string string() {
    const std::string found =
        match(R"re("([^"\\\x01-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")re", "a string");
    if (!gradus::is_utf8(found)) fail("UTF-8");
    return found;
  }

  void value(const std::string& indent) {
    space();
    switch (next()) {
      case '{': {
        std::set<std::string> keys;
        list('{', '}', ",", [&] {
          const std::string key = string();
          if (!keys.insert(key).second) fail("a new key instead of " + key);
          outline_ += "\n" + indent + "  " + key + ": ";
          space();
          take(':');
          value(indent + "  ");
        });
        break;
      }
      case '[':
        list('[', ']', ", ", [&] { value(indent); });
        break;
      case '"':
        outline_ += string();
        break;
      case 't':
      case 'f':
      case 'n':
        outline_ += match("true|false|null", "true, false or null");
        break;
      default: {
        const std::string number =
            match("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?", "a value");
        outline_ += number.find_first_of(".eE") == number.npos ? number : "#";
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string outline_;
};

}  // namespace

std::string json_outline(std::string_view text) { return Reader(text).all(); }

}  // namespace cli
