/// What `gradus step` does on a terminal, without the terminal: keys go in, screens come out.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/explain/walk.hpp"
#include "key.hpp"

namespace gradus::tools {

/// Where someone is who steps through a walk, and what they are doing.
class Stepper {
 public:
  explicit Stepper(const explain::Walk& walk) : walk_(walk) {}

  void press(const Key& key);
  bool ended() const { return ended_; }
  std::size_t step() const { return step_; }
  bool quiz() const { return quiz_; }
  /// How the quiz went: "3 of 4 right at the first attempt."; "" if nothing was asked.
  std::string summary() const;

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
  void toggle_quiz();
  void other_phase();
  bool asks(std::size_t step) const;
  bool asks() const { return asks(step_); }
  void finish(std::string_view words);
  std::vector<std::string> body(int columns) const;
  std::string list_line(std::size_t step, int columns) const;
  std::string status() const;

  const explain::Walk& walk_;
  std::size_t step_ = 0;
  Mode mode_ = Mode::look;
  bool quiz_ = false;
  bool ended_ = false;
  int scroll_ = 0;
  std::set<std::size_t> done_;  // the steps whose questions are answered, or given up
  int right_ = 0;               // so many of them at the first attempt
  bool tried_ = false;
  std::string input_;
  std::string message_;
};

}  // namespace gradus::tools
