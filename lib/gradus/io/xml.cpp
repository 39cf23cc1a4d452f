#include "gradus/io/xml.hpp"

#include <fmt/core.h>

#include "gradus/base/error.hpp"
#include "gradus/base/utf8.hpp"

namespace gradus::io {
namespace {

struct Entity {
  char character;
  std::string_view text;
};
constexpr Entity entities[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}};

}  // namespace

std::string xml_quote(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const Entity* found = nullptr;
    for (const Entity& entity : entities) {
      if (entity.character == c && c != '\'') found = &entity;
    }
    if (found) {
      result += found->text;
    } else {
      result += c;
    }
  }
  return result;
}

XmlReader::XmlReader(std::string_view text) : text_(text) {
  if (!accept("<?xml ")) return;
  const std::size_t end = text_.find("?>", at_);
  if (end == text_.npos) fail("the XML declaration has no end");
  at_ = end + 2;
}

void XmlReader::fail(std::string_view reason) const {
  throw InputError(fmt::format("{} (byte {} of the XML text)", reason, at_));
}

void XmlReader::skip_space() {
  while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != text_.npos) ++at_;
}

bool XmlReader::accept(std::string_view wanted) {
  if (text_.substr(at_, wanted.size()) != wanted) return false;
  at_ += wanted.size();
  return true;
}

std::string XmlReader::name() {
  const std::size_t start = at_;
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':';
  };
  while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
  if (at_ == start) fail("expected a name");
  return std::string(text_.substr(start, at_ - start));
}

std::string XmlReader::until(std::string_view stops) {
  std::string result;
  while (at_ < text_.size() && stops.find(text_[at_]) == stops.npos) {
    const std::size_t length = utf8_sequence(text_.substr(at_));
    if (length == 0) fail("the text is not UTF-8");
    if (text_[at_] != '&') {
      result += text_.substr(at_, length);
      at_ += length;
      continue;
    }
    bool known = false;
    for (const Entity& entity : entities) {
      if (known || !accept(entity.text)) continue;
      result += entity.character;
      known = true;
    }
    if (!known) fail("an unknown entity: only &amp; &lt; &gt; &quot; &apos; are known");
  }
  return result;
}

bool XmlReader::open(std::string_view wanted, Attributes& attributes) {
  if (empty_) return false;
  const std::size_t start = at_;
  skip_space();
  if (!accept("<") || !accept(wanted)) {
    at_ = start;
    return false;
  }
  const std::string_view after = text_.substr(at_, 1);
  if (after.empty() || std::string_view(" \t\n\r/>").find(after[0]) == text_.npos) {
    at_ = start;  // a longer name that begins with this one
    return false;
  }
  attributes.clear();
  while (true) {
    skip_space();
    if (accept("/>")) {
      empty_ = true;
      return true;
    }
    if (accept(">")) return true;
    std::string key = name();
    if (!accept("=\"")) fail("expected =\" after the name of an attribute");
    std::string value = until("\"<");
    if (!accept("\"")) fail("an attribute has no closing quote");
    const auto [place, is_new] = attributes.emplace(std::move(key), std::move(value));
    if (!is_new) fail("the attribute " + place->first.substr(0, 64) + " comes twice");
  }
}

void XmlReader::expect(std::string_view name, Attributes& attributes) {
  if (!open(name, attributes)) fail(fmt::format("expected <{}>", name));
}

std::string XmlReader::text() { return empty_ ? std::string() : until("<"); }

void XmlReader::close(std::string_view name) {
  if (empty_) {
    empty_ = false;
    return;
  }
  skip_space();
  if (!accept("</") || !accept(name) || !accept(">")) fail(fmt::format("expected </{}>", name));
}

void XmlReader::end() {
  skip_space();
  if (at_ != text_.size()) fail("there is more text after the end");
}

}  // namespace gradus::io
