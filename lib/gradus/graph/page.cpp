#include "gradus/graph/page.hpp"

#include <algorithm>
#include <stdexcept>

#include "gradus/graph/svg.hpp"

namespace gradus {
namespace embedded {
extern const std::string_view page_html, page_css, view_js;
}

std::string fill(std::string_view text,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> parts) {
  constexpr std::string_view opening = "<!--";
  constexpr std::string_view closing = "-->";
  std::string out;
  for (std::size_t at = 0; (at = text.find(opening)) != std::string_view::npos;) {
    const std::size_t end = text.find(closing, at);
    if (end == std::string_view::npos) break;
    const std::string_view name = text.substr(at + opening.size(), end - at - opening.size());
    const auto part =
        std::find_if(parts.begin(), parts.end(), [&](const auto& p) { return p.first == name; });
    if (part == parts.end()) throw std::logic_error("a page lacks its " + std::string(name));
    out += text.substr(0, at);
    out += part->second;
    text.remove_prefix(end + closing.size());
  }
  out += text;
  return out;
}

std::string write_page(const Page& page) {
  // Inside <script>, "<" could end it; JSON has it in strings only, where it can be written so.
  std::string data;
  for (const char c : page.data) {
    if (c == '<') {
      data += "\\u003c";
    } else {
      data += c;
    }
  }
  const std::string title = svg::escape(page.title);
  return fill(embedded::page_html, {{"title", title},
                                    {"name", page.name},
                                    {"shared style", embedded::page_css},
                                    {"style", page.style},
                                    {"body", page.body},
                                    {"data", data},
                                    {"shared script", embedded::view_js},
                                    {"script", page.script}});
}

}  // namespace gradus
