#include "stepper.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "gradus/base/error.hpp"
#include "gradus/explain/quiz.hpp"
#include "gradus/explain/symbols.hpp"
#include "gradus/explain/text.hpp"
#include "gradus/lang/formula.hpp"

namespace gradus::tools {
namespace {

using explain::Phase;
using explain::Step;

constexpr std::string_view bold = "\x1b[1m", dim = "\x1b[2m", reversed = "\x1b[7m",
                           plain = "\x1b[0m";

/// Rows of neighbours below a step, where there is room.
constexpr int neighbours = 5;
constexpr int rows_for_neighbours = 16;

/// At most `width` columns of a text; "…" stands for the rest.
std::string cut(std::string_view text, int width) {
  if (width < 1) return {};
  if (explain::columns(text) <= width) return std::string(text);
  std::string out;
  int count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0u) != 0x80u && ++count == width) break;
    out += text[i];
  }
  return out + "…";
}

Phase other(Phase phase) { return phase == Phase::forward ? Phase::backward : Phase::forward; }

std::string rule(int columns) {
  std::string line;
  for (int i = 0; i < columns; ++i) line += "─";
  return line;
}

/// As on the pages, see explain/stepper.html.
const std::vector<std::string>& help_lines() {
  static const std::vector<std::string> lines{
      "→ ↓ space n   the next step",
      "← ↑           the step before",
      "home end      the first step, the last",
      "t             from a value to its adjoint, and back (tab, too)",
      "f b           its value (forward), its adjoint (backward)",
      "g             go to a step or a node: g W enter, g 12 enter",
      "page up/down  the rest of a step that is longer than the screen",
      "z             quiz: you are asked for each adjoint before it is shown",
      "              type a number, or 2 * -3 + 1/2, and enter",
      "              enter alone shows it, esc clears what you typed",
      "h ?           these keys",
      "q             leave",
  };
  return lines;
}

/// What an answer says: a number, or a calculation. Nothing for anything else.
std::optional<double> read_answer(std::string_view text) {
  try {
    const Tensor<double> value = lang::parse_value(text, "answer");
    if (value.shape().rank() == 0 && !std::isnan(value[0])) return value[0];
  } catch (const Error&) {
  }
  return std::nullopt;
}

}  // namespace

void Stepper::press(const Key& key) {
  if (walk_.steps.empty()) {
    ended_ = key.text == "q";
    return;
  }
  if (mode_ == Mode::jump) return typed(key);
  if (mode_ == Mode::help) {
    mode_ = Mode::look;
    if (key.text != "q") return;
  }
  look(key);
}

void Stepper::look(const Key& key) {
  using Kind = Key::Kind;
  const std::size_t last = walk_.steps.size() - 1;
  const auto next = [&] { go(std::min(step_ + 1, last)); };
  const auto previous = [&] { go(step_ == 0 ? 0 : step_ - 1); };
  switch (key.kind) {
    case Kind::right:
    case Kind::down:
      return next();
    case Kind::left:
    case Kind::up:
      return previous();
    case Kind::home:
      return go(0);
    case Kind::end:
      return go(last);
    case Kind::page_down:
      scroll_ += 5;
      return;
    case Kind::page_up:
      scroll_ = std::max(0, scroll_ - 5);
      return;
    case Kind::tab:
      return other_phase();
    case Kind::enter:
      return asks() ? answer() : next();
    case Kind::escape:
      input_.clear();
      return;
    case Kind::backspace:
      return erase_last();
    case Kind::character:
      break;
  }
  const std::string& text = key.text;
  // A key that did nothing inside of an answer would leave another number there.
  const bool command =
      text.size() == 1 && std::string_view(" ntfbgzh?q").find(text[0]) != std::string_view::npos;
  if (asks() && (!input_.empty() || !command)) {
    if (input_.size() < 200) input_ += text;
  } else if (text == " " || text == "n") {
    next();
  } else if (text == "t") {
    other_phase();
  } else if (text == "f" || text == "b") {
    if ((walk_.steps[step_].phase == Phase::forward) != (text == "f")) other_phase();
  } else if (text == "g") {
    mode_ = Mode::jump;
    input_.clear();
    message_.clear();
  } else if (text == "z") {
    toggle_quiz();
  } else if (text == "h" || text == "?") {
    mode_ = Mode::help;
  } else if (text == "q") {
    ended_ = true;
  }
}

void Stepper::go(std::size_t step) {
  step_ = step;
  scroll_ = 0;
  input_.clear();
  message_.clear();
  tried_ = false;
}

void Stepper::other_phase() {
  const Step& here = walk_.steps[step_];
  if (const Step* found = walk_.step(other(here.phase), here.node)) {
    return go(static_cast<std::size_t>(found - walk_.steps.data()));
  }
  message_ = here.phase == Phase::forward
                 ? "It has no adjoint: nobody asked for a derivative that leads through it."
                 : "Its value is a number that stands in the formula.";
}

// --- What is typed ---

void Stepper::erase_last() {
  while (!input_.empty() && (static_cast<unsigned char>(input_.back()) & 0xC0u) == 0x80u) {
    input_.pop_back();
  }
  if (!input_.empty()) input_.pop_back();
}

void Stepper::typed(const Key& key) {
  switch (key.kind) {
    case Key::Kind::enter:
      mode_ = Mode::look;
      return jump();
    case Key::Kind::escape:
      mode_ = Mode::look;
      input_.clear();
      return;
    case Key::Kind::backspace:
      return erase_last();
    default:
      if (input_.size() < 200) input_ += key.text;
  }
}

void Stepper::jump() {
  const std::string name = input_;
  input_.clear();
  if (name.empty()) return;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc{} && end == name.data() + name.size()) {
    if (number >= 1 && number <= walk_.steps.size()) return go(number - 1);
    message_ = fmt::format("There are steps 1 to {}, but no {}.", walk_.steps.size(), number);
    return;
  }
  std::vector<std::string> known;
  for (const explain::Math& symbol : walk_.symbols) known.push_back(symbol.text());
  const NodeId node = explain::find_called(walk_.result.tape(), walk_.nodes, known, name);
  // Of a value and an adjoint the one in the direction that one is looking.
  const Phase phase = walk_.steps[step_].phase;
  const Step* found = walk_.step(phase, node);
  if (!found) found = walk_.step(other(phase), node);
  if (found) return go(static_cast<std::size_t>(found - walk_.steps.data()));
  const std::vector<std::string_view> names(known.begin(), known.end());
  const std::string_view near = nearest(name, names);
  message_ = fmt::format("Nothing is called {}{}.", name,
                         near.empty() ? "" : fmt::format(": did you mean {}?", near));
}

// --- Quiz ---

bool Stepper::asks(std::size_t step) const {
  return quiz_ && step < walk_.steps.size() && done_.count(step) == 0 &&
         walk_.steps[step].phase == Phase::backward && !walk_.steps[step].question.empty();
}

void Stepper::toggle_quiz() {
  quiz_ = !quiz_;
  if (!quiz_) {
    const std::string result = summary();
    go(step_);
    message_ = result.empty() ? "" : "The quiz is over: " + result;
    return;
  }
  done_.clear();
  right_ = 0;
  // From the values on: what is behind has been seen already.
  const auto turn = std::find_if(walk_.steps.begin(), walk_.steps.end(),
                                 [](const Step& step) { return step.phase == Phase::backward; });
  const auto first = static_cast<std::size_t>(turn - walk_.steps.begin());
  const bool any = turn != walk_.steps.end();
  go(any ? std::max(step_, first) : step_);
  if (!any) message_ = "There are no adjoints to ask for.";
}

std::string Stepper::summary() const {
  return done_.empty() ? ""
                       : fmt::format("{} of {} right at the first attempt.", right_, done_.size());
}

/// The question of this step is done with.
void Stepper::finish(std::string_view words) {
  done_.insert(step_);
  message_ = words;
  for (std::size_t step = 0; step < walk_.steps.size(); ++step) {
    if (asks(step)) return;
  }
  message_ += fmt::format("{}That was the last question: {}", words.empty() ? "" : " ", summary());
}

void Stepper::answer() {
  const Step& step = walk_.steps[step_];
  if (input_.empty()) return finish(tried_ ? "" : "Not answered.");
  const std::string typed = std::move(input_);
  input_.clear();
  const auto given = read_answer(typed);
  if (!given) {
    message_ = fmt::format("{} is no number. Type one, as -0.5, or 2 * -3 + 1/2.", typed);
    return;
  }
  const explain::Grade grade = explain::grade(walk_, step, *given);
  const std::string words = fmt::format("{}: {}", explain::number_text(*given), grade.words);
  if (grade.right) {
    if (!tried_) ++right_;
    finish(words);
  } else {
    message_ = words;
  }
  tried_ = true;
}

// --- The screen ---

std::vector<std::string> Stepper::body(int columns) const {
  if (mode_ == Mode::help) return help_lines();
  if (walk_.steps.empty()) return {"There are no steps: this is a number."};
  const Step& step = walk_.steps[step_];
  std::vector<std::string> lines;
  const auto add = [&](const std::vector<std::string>& more, std::string_view margin = "") {
    for (const std::string& line : more) lines.push_back(std::string(margin) + line);
  };
  if (asks()) {
    add(explain::wrapped(step.question, columns));
    lines.emplace_back();
    add(explain::wrapped(step.riddle.text(), columns, 4));
    lines.emplace_back();
    for (const explain::Math& known : explain::given(walk_, step)) {
      lines.push_back("  " + cut(known.text(), columns - 2));
    }
  } else {
    lines = explain::step_lines(walk_, step, columns);
  }
  if (!message_.empty()) {
    lines.emplace_back();
    add(explain::wrapped(message_, columns - 2), "> ");
  }
  const bool at_end = step_ + 1 == walk_.steps.size();
  if (at_end && !asks()) {
    for (const std::string& note : walk_.notes) {
      lines.emplace_back();
      add(explain::wrapped(note, columns));
    }
  }
  return lines;
}

std::string Stepper::list_line(std::size_t i, int columns) const {
  const Step& step = walk_.steps[i];
  std::string text = fmt::format("{} {:>4}  {}", i == step_ ? ">" : " ", i + 1, step.title);
  const bool known = i < step_ || (i == step_ && !asks());
  if (known && step.value.elements() == 1) {
    text += explain::Math::chain(
                {explain::Math::symbol("x"), explain::Math::number(step.value[0], walk_.digits)})
                .text()
                .substr(1);
  } else if (step.value.elements() != 1) {
    text += fmt::format("  {}", to_string(step.value.shape()));
  }
  return cut(text, columns);
}

std::string Stepper::status() const {
  if (mode_ == Mode::jump) return "go to (a step's number or a name): " + input_ + "_";
  if (mode_ == Mode::help) return "any key: back to the step";
  if (asks()) {
    return "your answer: " + input_ +
           (input_.empty() ? "_    (enter alone shows it; z ends the quiz)"
                           : "_    (enter grades it; esc clears it)");
  }
  return "← → step   t value/adjoint   g go to   z quiz   h keys   q leave";
}

std::vector<std::string> Stepper::screen(int columns, int rows, bool colours) const {
  const auto styled = [&](std::string_view style, const std::string& text) {
    return colours ? fmt::format("{}{}{}", style, text, plain) : text;
  };
  const int margin = columns >= 40 ? 1 : 0;
  const int inner = std::max(columns - 2 * margin, 1);
  const std::string left(static_cast<std::size_t>(margin), ' ');
  const std::size_t count = walk_.steps.size();

  std::string place;
  if (count > 0) {
    place = fmt::format(
        "{}{} {}/{}", quiz_ ? fmt::format("quiz {}/{}, ", right_, done_.size()) : "",
        walk_.steps[step_].phase == Phase::forward ? "forward" : "backward", step_ + 1, count);
  }
  std::string title = cut(walk_.title, std::max(inner - explain::columns(place) - 2, 1));
  title.append(static_cast<std::size_t>(
                   std::max(inner - explain::columns(title) - explain::columns(place), 1)),
               ' ');
  std::vector<std::string> lines{styled(reversed, cut(left + title + place + left, columns))};

  const int shown = rows >= rows_for_neighbours && mode_ != Mode::help
                        ? std::min(neighbours, static_cast<int>(count))
                        : 0;
  const int body_rows = std::max(rows - 3 - (shown > 0 ? shown + 1 : 0), 0);
  std::vector<std::string> text = body(inner);
  const int length = static_cast<int>(text.size());
  const int hidden = std::clamp(length + 1 - body_rows, 0, length);
  const int skipped = std::min(scroll_, hidden);
  text.erase(text.begin(), text.begin() + skipped);
  lines.emplace_back();
  for (int i = 0; i + 1 < body_rows; ++i) {
    const auto row = static_cast<std::size_t>(i);
    std::string line = row < text.size() ? cut(text[row], inner) : std::string();
    const bool cut_off = i + 2 == body_rows && static_cast<int>(text.size()) > body_rows - 1;
    if (cut_off) line = cut("… page down shows the rest", inner);
    const bool formula = i + skipped == 0 && mode_ == Mode::look && !line.empty();
    lines.push_back(left + (formula ? styled(bold, line) : line));
  }
  if (shown > 0) {
    lines.push_back(styled(dim, rule(columns)));
    const auto span = static_cast<std::size_t>(shown);
    const std::size_t first = std::min(step_ >= span / 2 ? step_ - span / 2 : 0, count - span);
    for (std::size_t i = first; i < first + span; ++i) {
      const std::string line = left + list_line(i, inner);
      lines.push_back(i == step_ ? styled(bold, line) : i > step_ ? styled(dim, line) : line);
    }
  }
  lines.push_back(styled(dim, rule(columns)));
  lines.push_back(left + cut(status(), inner));
  lines.resize(static_cast<std::size_t>(std::max(rows, 0)));
  return lines;
}

}  // namespace gradus::tools
