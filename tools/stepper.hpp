/// What `gradus step` does on a terminal, without the terminal: keys go in, screens come out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/explain/walk.hpp"

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

/// Where someone is who steps through a walk, and what they are doing.
class Stepper {
 public:
  explicit Stepper(const explain::Walk& walk) : walk_(walk) {}

  void press(const Key& key);
  bool ended() const { return ended_; }
  std::size_t step() const { return step_; }
  bool quiz() const { return quiz_; }

  /// Exactly `rows` lines of at most `columns` columns, with colours if they are wanted.
  std::vector<std::string> screen(int columns, int rows, bool colours) const;

 private:
  enum class Mode { look, jump, help };

  void look(const Key& key);
  void typed(const Key& key);
  void erase_last();
  void answer();
  void jump();
  void go(std::size_t step);
  void other_phase();
  bool asks() const;
  std::vector<std::string> body(int columns) const;
  std::string list_line(std::size_t step, int columns) const;
  std::string status() const;

  const explain::Walk& walk_;
  std::size_t step_ = 0;
  Mode mode_ = Mode::look;
  bool quiz_ = false;
  bool solved_ = false;  // the question of this step is answered, or given up
  bool ended_ = false;
  int scroll_ = 0;
  int questions_ = 0, right_ = 0;
  bool tried_ = false;
  std::string input_;
  std::string message_;
};

}  // namespace gradus::tools
