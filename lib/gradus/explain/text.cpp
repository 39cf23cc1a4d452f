#include "gradus/explain/text.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "gradus/explain/math_part.hpp"

namespace gradus::explain {
namespace {

constexpr int page_width = 80;

/// Elements of a tensor that are shown along an axis.
constexpr Index corner = 4;

bool has_tensor(const Math& math) {
  if (math.empty()) return false;
  const Math::Part& part = math.part();
  return part.kind == MathKind::tensor ||
         std::any_of(part.parts.begin(), part.parts.end(), has_tensor);
}

/// a = b = c in as few lines as they fit in, broken before = first.
std::vector<std::string> chain_lines(const Math& math, int width) {
  const std::string whole = math.text();
  if (columns(whole) <= width || math.part().kind != MathKind::chain) {
    return wrapped(whole, width, 4);
  }
  std::vector<std::string> lines;
  const std::vector<Math>& parts = math.part().parts;
  std::string line = parts[0].text();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string next =
        fmt::format("{} {}", parts[i].part().rounded ? "≈" : "=", parts[i].text());
    // The name and its first formula stay together, if they can.
    if (i == 1 || columns(line) + 1 + columns(next) <= width) {
      line += " " + next;
      continue;
    }
    for (std::string& part : wrapped(line, width, 4)) lines.push_back(std::move(part));
    line = "  " + next;
  }
  for (std::string& part : wrapped(line, width, 4)) lines.push_back(std::move(part));
  return lines;
}

/// A tensor as rows of aligned numbers, a corner of it if it is large.
std::vector<std::string> block(const Tensor<double>& x, int digits) {
  const Shape& shape = x.shape();
  const int rank = shape.rank();
  const Index width = rank == 0 ? 1 : shape[rank - 1];
  const Index height = rank < 2 ? 1 : shape[rank - 2];
  std::vector<std::string> lines;
  if (shape.elements() == 0) return {"[]"};
  const Index columns_shown = std::min(width, corner);
  const Index rows_shown = std::min(height, corner);
  std::vector<std::vector<std::string>> cells(static_cast<std::size_t>(rows_shown));
  std::vector<int> widths(static_cast<std::size_t>(columns_shown));
  for (Index row = 0; row < rows_shown; ++row) {
    for (Index column = 0; column < columns_shown; ++column) {
      std::string cell = number_text(x[row * width + column], digits);
      int& widest = widths[static_cast<std::size_t>(column)];
      widest = std::max(widest, columns(cell));
      cells[static_cast<std::size_t>(row)].push_back(std::move(cell));
    }
  }
  const bool matrix = rank >= 2;
  for (Index row = 0; row < rows_shown; ++row) {
    std::string line = matrix ? (row == 0 ? "[[" : " [") : "[";
    for (std::size_t column = 0; column < widths.size(); ++column) {
      const std::string& cell = cells[static_cast<std::size_t>(row)][column];
      if (column > 0) line += ", ";
      line.append(static_cast<std::size_t>(widths[column] - columns(cell)), ' ');
      line += cell;
    }
    if (columns_shown < width) line += ", …";
    const bool last = row + 1 == height;
    line += !matrix ? "]" : last ? "]]" : "],";
    lines.push_back(std::move(line));
  }
  if (rows_shown < height) lines.push_back(" …]");
  if (rank > 2 && shape.elements() > width * height) {
    lines.push_back(fmt::format("(the first of {} matrices)", shape.elements() / (width * height)));
  }
  return lines;
}

/// An adjoint in the summary: a number, or where to find it.
std::string summary(const Walk& walk, const Math& name, NodeId id) {
  const Step* step = walk.step(Phase::backward, id);
  if (!step || step->value.elements() == 1) {
    const double x = step ? step->value[0] : 0;
    return Math::chain({name, Math::number(x, walk.digits)}).text();
  }
  return fmt::format("{}: step {}, shape {}", name.text(), step - walk.steps.data() + 1,
                     to_string(step->value.shape()));
}

/// A sentence in Markdown: no character of a name means anything but itself.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\*_`[]$#|~").find(c) != std::string_view::npos) {
      out += '\\';
      out += c;
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

/// The result and its formula.
Math title_of(const Walk& walk) {
  const Step* found = walk.step(Phase::forward, walk.result.id());
  const Math loss = walk.symbols.back();
  if (!found || found->lines.empty()) return loss;
  const Math& first = found->lines[0];
  if (first.part().kind != MathKind::chain || is_leaf(walk.result.tape().op(walk.result.id()))) {
    return loss;
  }
  return Math::chain({first.part().parts[0], first.part().parts[1]});
}

/// ∂L/∂a for each variable.
std::vector<std::pair<Math, NodeId>> gradients(const Walk& walk) {
  std::vector<std::pair<Math, NodeId>> all;
  const Math loss = walk.symbol(walk.result.id());
  for (const NodeId id : walk.wrt) all.emplace_back(Math::partial(loss, walk.symbol(id)), id);
  return all;
}

bool has_backward(const Walk& walk) {
  return !walk.steps.empty() && walk.steps.back().phase == Phase::backward;
}

}  // namespace

int columns(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(),
                                        [](unsigned char c) { return (c & 0xC0u) != 0x80u; }));
}

std::vector<std::string> wrapped(std::string_view text, int width, int indent) {
  std::vector<std::string> lines;
  std::string line;
  bool starts = true;  // of a line: its spaces stay
  while (!text.empty()) {
    const std::size_t start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) break;
    std::size_t end = text.find(' ', start);
    if (end == std::string_view::npos) end = text.size();
    const std::string_view word = text.substr(start, end - start);
    const std::string_view space = text.substr(0, start);
    if (!starts && columns(line) + columns(space) + columns(word) > width) {
      lines.push_back(std::move(line));
      line = std::string(static_cast<std::size_t>(indent), ' ') + std::string(word);
    } else {
      line += space;
      line += word;
    }
    starts = false;
    text.remove_prefix(end);
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> step_lines(const Walk& walk, const Step& step, int width) {
  std::vector<std::string> lines;
  const auto add = [&](const std::vector<std::string>& more, int indent) {
    for (const std::string& line : more) {
      lines.push_back(std::string(static_cast<std::size_t>(indent), ' ') + line);
    }
  };
  for (const Math& math : step.lines) {
    // Numbers that do not fit in a line are easier to read in rows.
    if (has_tensor(math) && columns(math.text()) > width) {
      const std::vector<Math>& parts = math.part().parts;
      if (step.value.elements() == 1 && parts.size() > 1) {
        add(chain_lines(Math::chain({parts.front(), parts.back()}), width), 0);
        continue;
      }
      if (lines.empty()) add(wrapped(step.title, width, 4), 0);
      add(block(step.value, walk.digits), 4);
    } else {
      add(chain_lines(math, width), 0);
    }
  }
  for (const std::string& sentence : step.words) add(wrapped(sentence, width - 2, 0), 2);
  return lines;
}

std::string to_text(const Walk& walk) {
  std::string text;
  const auto line = [&](const std::string& s) { text += s + "\n"; };
  for (const std::string& part : wrapped(walk.title, page_width, 4)) line(part);
  const int digits = static_cast<int>(std::to_string(walk.steps.size()).size());
  const std::string margin(static_cast<std::size_t>(digits + 2), ' ');
  for (std::size_t i = 0; i < walk.steps.size(); ++i) {
    const Step& step = walk.steps[i];
    if (i == 0 || walk.steps[i - 1].phase != step.phase) {
      line("");
      line(step.phase == Phase::forward ? "Forward: the values" : "Backward: the adjoints");
      line("");
    }
    bool first = true;
    for (const std::string& part : step_lines(walk, step, page_width - digits - 2)) {
      line((first ? fmt::format("{:>{}}  ", i + 1, digits) : margin) + part);
      first = false;
    }
  }
  if (has_backward(walk)) {
    line("");
    line("The gradient");
    line("");
    for (const auto& [name, id] : gradients(walk)) line("  " + summary(walk, name, id));
  }
  for (const std::string& note : walk.notes) {
    line("");
    for (const std::string& part : wrapped(note, page_width)) line(part);
  }
  return text;
}

std::string to_markdown(const Walk& walk) {
  std::string text;
  const auto line = [&](const std::string& s) { text += s + "\n"; };
  line(fmt::format("# Step by step: ${}$", title_of(walk).latex()));
  for (std::size_t i = 0; i < walk.steps.size(); ++i) {
    const Step& step = walk.steps[i];
    if (i == 0 || walk.steps[i - 1].phase != step.phase) {
      line("");
      line(step.phase == Phase::forward ? "## Forward: the values" : "## Backward: the adjoints");
    }
    line("");
    line(fmt::format("**Step {}.**", i + 1));
    line("");
    for (const Math& math : step.lines) line(fmt::format("$${}$$", math.latex()));
    if (!step.words.empty()) line("");
    for (const std::string& sentence : step.words) line("- " + escaped(sentence));
  }
  if (has_backward(walk)) {
    line("");
    line("## The gradient");
    line("");
    for (const auto& [name, id] : gradients(walk)) {
      const Step* found = walk.step(Phase::backward, id);
      if (!found) {
        line(fmt::format("- ${}$", Math::chain({name, Math::number(0)}).latex()));
      } else {
        line(fmt::format("- ${}$",
                         Math::chain({name, Math::tensor(found->value, walk.digits)}).latex()));
      }
    }
  }
  for (const std::string& note : walk.notes) {
    line("");
    line(escaped(note));
  }
  return text;
}

}  // namespace gradus::explain
