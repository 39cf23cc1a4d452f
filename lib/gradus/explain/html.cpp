#include "gradus/explain/html.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "gradus/base/error.hpp"
#include "gradus/explain/math_part.hpp"
#include "gradus/explain/picture.hpp"
#include "gradus/graph/page.hpp"
#include "gradus/graph/svg.hpp"
#include "gradus/io/json.hpp"

namespace gradus {
namespace embedded {
extern const std::string_view stepper_html, stepper_css, stepper_js, quiz_js;
}

namespace explain {
namespace {

using svg::escape;

std::string json(double x) { return std::isfinite(x) ? fmt::format("{:.17g}", x) : "null"; }

/// The only element as JSON, or null.
std::string json(const Tensor<double>& x) { return x.elements() == 1 ? json(x[0]) : "null"; }

class Text {
 public:
  explicit Text(const Walk& walk) : walk_(walk), tape_(walk.result.tape()) {
    for (std::size_t i = 0; i < walk.nodes.size(); ++i) place_of_[walk.nodes[i]] = i;
    for (const Step& step : walk.steps) {
      if (step.phase == Phase::forward) {
        ++forward_steps_;
      } else {
        adjoint_of_[step.node] = &step;
      }
    }
  }

  std::string articles() const {
    std::string out;
    for (std::size_t s = 0; s < walk_.steps.size(); ++s) article(out, s);
    return out;
  }

  /// For the quiz: the formulas of what is no single number, with the numbers that it takes. Those
  /// of numbers stand on the wires.
  std::string riddles() const {
    std::string out;
    for (std::size_t s = 0; s < walk_.steps.size(); ++s) {
      const Step& step = walk_.steps[s];
      if (step.question.empty() || in_numbers(tape_, step)) continue;
      out += fmt::format("<div class=\"riddle\" data-of=\"{}\" hidden>", s + 1);
      formula(out, step.riddle);
      out += "</div>\n";
    }
    return out;
  }

  /// What the list of steps to jump to holds.
  std::string options() const {
    std::string out;
    for (std::size_t s = 0; s < walk_.steps.size(); ++s) {
      if (s == 0) out += "<optgroup label=\"Forward: values\">";
      if (s == forward_steps_) out += "</optgroup><optgroup label=\"Backward: adjoints\">";
      out += fmt::format("<option value=\"{0}\">{0}. {1}</option>", s + 1,
                         escape(walk_.steps[s].title, 60));
    }
    return out + "</optgroup>";
  }

  /// What the script needs to know of the steps.
  std::string data() const {
    std::string out = "{\"steps\":[";
    for (std::size_t s = 0; s < walk_.steps.size(); ++s) {
      const Step& step = walk_.steps[s];
      std::string wires, shares;
      for (const Wire& wire : step.wires) {
        wires += (wires.empty() ? "\"" : ",\"") + wire_id(wire) + "\"";
      }
      for (const Share& share : step.shares) {
        shares += fmt::format("{}{{\"value\":{},\"upstream\":{},\"local\":{},\"through\":{}}}",
                              shares.empty() ? "" : ",", asked(step, share),
                              json(adjoint_of_.at(share.wire.to)->value),
                              share.local.empty() ? "null" : json(share.slope),
                              io::json_quote(symbol(share.wire.to).text()));
      }
      out += fmt::format(
          "{}\n{{\"backward\":{},\"node\":{},\"wires\":[{}],\"title\":{},\"said\":{},"
          "\"question\":{},\"answer\":{},\"rule\":{},\"shares\":[{}]}}",
          s == 0 ? "" : ",", step.phase == Phase::backward, step.node, wires,
          io::json_quote(step.title), io::json_quote(said(s)), io::json_quote(step.question),
          json(step.answer), io::json_quote(rule(step)), shares);
    }
    return out + "\n]}";
  }

 private:
  const Math& symbol(NodeId id) const { return walk_.symbols[place_of_.at(id)]; }

  /// The element of a share that is asked for, as JSON.
  static std::string asked(const Step& step, const Share& share) {
    return step.asked < share.value.elements() ? json(share.value[step.asked]) : "null";
  }

  std::string number(double x) const { return Math::number(x, walk_.digits).mathml(); }

  /// "Backward, step 2 of 5: ∂L/∂b = 1", for those who listen.
  std::string said(std::size_t s) const {
    const Step& step = walk_.steps[s];
    return fmt::format("{}, step {} of {}: {}",
                       step.phase == Phase::forward ? "Forward" : "Backward", s + 1,
                       walk_.steps.size(), step.lines.empty() ? step.title : step.lines[0].text());
  }

  /// The right-hand side in symbols, as a hint.
  static std::string rule(const Step& step) {
    if (step.shares.empty() || step.lines.empty()) return {};
    const Math::Part& line = step.lines[0].part();
    return line.kind == MathKind::chain ? line.parts[1].text() : std::string();
  }

  void article(std::string& out, std::size_t s) const {
    const Step& step = walk_.steps[s];
    const bool forward = step.phase == Phase::forward;
    const std::size_t of = forward ? forward_steps_ : walk_.steps.size() - forward_steps_;
    out += fmt::format(
        "<article class=\"step {0}\" id=\"step-{1}\" aria-labelledby=\"title-{1}\">\n"
        "<p class=\"phase {0}\"><b>{2}</b> {3} of {4}</p>\n<h2 id=\"title-{1}\">{5}</h2>\n",
        forward ? "forward" : "backward", s + 1, forward ? "Forward" : "Backward",
        forward ? s + 1 : s + 1 - forward_steps_, of, heading(step));
    for (const Math& line : step.lines) formula(out, line);
    if (!step.shares.empty()) shares(out, step);
    if (step.value.elements() != 1) {
      out += "<p class=\"shape\">Shape " + to_string(step.value.shape()) + ".</p>\n";
    }
    for (const std::string& words : step.words) {
      out += "<p class=\"words\">" + escape(words, 1000) + "</p>\n";
    }
    if (s + 1 == walk_.steps.size()) {
      for (const std::string& note : walk_.notes) {
        out += "<p class=\"words\">" + escape(note, 1000) + "</p>\n";
      }
    }
    out += "</article>\n";
  }

  std::string heading(const Step& step) const {
    const std::string name = escape(symbol(step.node).text(), 60);
    const Op& op = tape_.op(step.node);
    if (step.phase == Phase::backward) {
      if (step.node == walk_.result.id()) return "Start back from " + name;
      return fmt::format("How {} changes with {}", escape(symbol(walk_.result.id()).text(), 60),
                         name);
    }
    if (is_input(op)) return "The input " + name;
    if (is_parameter(op)) return "The parameter " + name;
    if (is_leaf(op)) return "The constant " + name;
    return "The value of " + name;
  }

  /// A chain of equations with one sign below the other, as on a blackboard.
  static void formula(std::string& out, const Math& line) {
    if (line.empty()) return;
    if (line.part().kind != MathKind::chain) {
      out += "<div class=\"formula alone\">" + line.mathml() + "</div>\n";
      return;
    }
    const std::vector<Math>& parts = line.part().parts;
    out += "<div class=\"formula\">";
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const bool tensor = parts[i].part().kind == MathKind::tensor;  // on a line of its own
      if (i == 1) {
        out += "<div>" + parts[0].mathml() + "</div>";
      } else if (!tensor) {
        out += "<div></div>";
      }
      out += fmt::format("<div class=\"{}{}\"><math><mrow><mo>{}</mo>{}</mrow></math></div>",
                         tensor ? "tensor " : "", is_value(parts[i]) ? "result" : "side",
                         parts[i].part().rounded ? "≈" : "=", inside(parts[i]));
    }
    out += "</div>\n";
  }

  /// Whether a part is the number, or the numbers, that were to be found.
  static bool is_value(const Math& math) {
    return math.part().kind == MathKind::number || math.part().kind == MathKind::tensor;
  }

  /// MathML without the <math> around it.
  static std::string inside(const Math& math) {
    const std::string text = math.mathml();
    const std::size_t start = text.find('>') + 1;
    return text.substr(start, text.rfind("</math>") - start);
  }

  /// Where the adjoint comes from: a row for each use.
  void shares(std::string& out, const Step& step) const {
    const bool factors =
        std::all_of(step.shares.begin(), step.shares.end(), [](const Share& share) {
          return !share.local.empty() && share.slope.elements() == 1 && share.value.elements() == 1;
        });
    out += fmt::format(
        "<div class=\"wide\"><table class=\"shares\"><caption>{}</caption>\n<thead><tr>"
        "<th scope=\"col\">through</th>",
        step.shares.size() == 1
            ? "It is used once."
            : fmt::format("It is used {} times: the shares add up.", step.shares.size()));
    out += factors ? "<th scope=\"col\">arrives</th><th scope=\"col\">local derivative</th>"
                   : "<th scope=\"col\">arrives and local derivative</th>";
    out += "<th scope=\"col\">share</th></tr></thead>\n<tbody>\n";
    for (const Share& share : step.shares) row(out, share, factors);
    out += "</tbody>\n";
    if (step.shares.size() > 1 && step.value.elements() == 1) {
      out += fmt::format(
          "<tfoot><tr><th scope=\"row\" colspan=\"{}\">sum</th><td>{}</td></tr></tfoot>\n",
          factors ? 3 : 2, number(step.value[0]));
    }
    out += "</table></div>\n";
  }

  void row(std::string& out, const Share& share, bool factors) const {
    out += "<tr><th scope=\"row\">" + symbol(share.wire.to).mathml() + "</th>";
    if (factors) {
      const Tensor<double>& arrives = adjoint_of_.at(share.wire.to)->value;
      const Math slope = Math::number(share.slope[0], walk_.digits);
      out += "<td>" + (arrives.elements() == 1 ? number(arrives[0]) : "") + "</td><td>" +
             share.local.mathml() + also(share.local, slope) + "</td>";
    } else {
      out += "<td>" + share.symbols.mathml() + "</td>";
    }
    out += "<td>" +
           (share.value.elements() == 1 ? number(share.value[0])
                                        : fmt::format("<span class=\"shape\">shape {}</span>",
                                                      to_string(share.value.shape()))) +
           "</td></tr>\n";
  }

  /// The number behind a local derivative, if that is not one already.
  static std::string also(const Math& local, const Math& slope) {
    if (local.text() == slope.text()) return {};
    return fmt::format("<span class=\"also\"><math><mrow><mo>{}</mo>{}</mrow></math></span>",
                       slope.part().rounded ? "≈" : "=", inside(slope));
  }

  const Walk& walk_;
  const Tape& tape_;
  std::unordered_map<NodeId, std::size_t> place_of_;
  std::unordered_map<NodeId, const Step*> adjoint_of_;
  std::size_t forward_steps_ = 0;
};

}  // namespace

std::string to_html(const Walk& walk, const HtmlOptions& options) {
  if (walk.nodes.size() > most_stepper_nodes) {
    throw InputError(fmt::format(
        "{} nodes are too many to step through on a page (at most {}): take a part of the formula, "
        "or smaller sizes; the text and the terminal show them all",
        walk.nodes.size(), most_stepper_nodes));
  }
  const Text text(walk);
  const std::string& title = options.title.empty() ? walk.title : options.title;
  Page page;
  page.title = "Gradus: " + title;
  page.name = "stepper";
  page.style = embedded::stepper_css;
  page.body = fill(embedded::stepper_html, {{"heading", escape(title, 120)},
                                            {"picture", picture(walk, options.graphviz)},
                                            {"steps", text.articles()},
                                            {"count", std::to_string(walk.steps.size())},
                                            {"riddles", text.riddles()},
                                            {"options", text.options()}});
  page.data = text.data();
  const std::string script = std::string(embedded::stepper_js) + std::string(embedded::quiz_js);
  page.script = script;
  return write_page(page);
}

}  // namespace explain
}  // namespace gradus
