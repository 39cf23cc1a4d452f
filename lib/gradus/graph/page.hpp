/// One HTML file that holds all it needs: for the graph page and the stepper.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace gradus {

/// A page before it is written. All but the title are finished HTML, CSS, JSON and JavaScript.
struct Page {
  std::string title;       ///< as people wrote it
  std::string_view name;   ///< which page it is, a class of the body: "stepper"
  std::string_view style;  ///< besides what all pages share
  std::string body;
  std::string data;         ///< JSON, which the script finds under the id "data"
  std::string_view script;  ///< after page/view.js, which all pages share
};

/// The file. It loads nothing, and a Content-Security-Policy in it forbids that it could; scripts
/// and styles run only if they are its own.
std::string write_page(const Page& page);

/// A template with each <!--name--> replaced by the text of that name. What replaces is not
/// searched again. Throws std::logic_error for a name that is not given.
std::string fill(std::string_view text,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> parts);

}  // namespace gradus
