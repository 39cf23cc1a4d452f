/// The keys of a terminal.
#pragma once

#include <string>

namespace gradus::tools {

/// A key that was pressed. `text` is what it types, if it types anything.
struct Key {
  enum class Kind {
    character,
    enter,
    escape,
    backspace,
    tab,
    left,
    right,
    up,
    down,
    home,
    end,
    page_up,
    page_down
  };
  Kind kind = Kind::character;
  std::string text = {};
};

/// Takes the first key off the bytes that a terminal sends. Returns whether there was a whole one;
/// `more` says that other bytes may follow soon, so that ESC may be the beginning of an arrow.
bool take_key(std::string& bytes, Key& key, bool more);

}  // namespace gradus::tools
