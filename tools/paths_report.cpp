#include "paths_report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "command.hpp"
#include "gradus/base/join.hpp"
#include "gradus/explain/math.hpp"
#include "gradus/io/json.hpp"
#include "plot.hpp"

namespace gradus::tools {
namespace {

constexpr std::size_t screen = 80;

/// Joined by a sign and laid out in lines behind an indent; of very many, the ends.
std::string laid_out(std::vector<std::string> words, std::string_view sign, std::size_t indent) {
  constexpr std::size_t ends = 12;
  if (words.size() > 2 * ends + 1) {
    const std::size_t left_out = words.size() - 2 * ends;
    words[ends] = fmt::format("({} more)", with_commas(static_cast<Index>(left_out)));
    words.erase(words.begin() + ends + 1, words.end() - ends);
  }
  std::string text;
  std::size_t column = indent;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string piece = words[i] + (i + 1 < words.size() ? std::string(sign) : "");
    if (i > 0 && column + columns(piece) > screen) {
      while (text.back() == ' ') text.pop_back();
      text += '\n' + std::string(indent, ' ');
      column = indent;
    }
    text += piece;
    column += columns(piece);
  }
  return text;
}

/// "1,048,576", or "about 1.27e120".
std::string count_text(const PathCount& count) {
  if (count.digits.empty() || count.digits.size() > 36) {
    const double exponent = std::floor(count.log10);
    return fmt::format("about {:.3g}e{:.0f}", std::pow(10, count.log10 - exponent), exponent);
  }
  std::string text = count.digits;
  for (std::size_t i = text.size(); i > 3;) text.insert(i -= 3, ",");
  return text;
}

std::string sentence_start(std::string text) {
  if (text.rfind("about", 0) == 0) text[0] = 'A';
  return text;
}

std::string plural(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", with_commas(static_cast<Index>(count)), one, count == 1 ? "" : "s");
}

/// In six digits: what one path gives. Sums have all of theirs.
std::string short_number(double x) { return fmt::format("{:.6g}", x); }

/// " (left)" where a node uses another one more than once, so that paths can be told apart.
std::string used_as(const Tape& tape, const Wire& wire) {
  const auto operands = tape.operands(wire.to);
  if (std::count(operands.begin(), operands.end(), wire.from) < 2) return {};
  if (operands.size() == 2) return wire.operand == 0 ? " (left)" : " (right)";
  return fmt::format(" (operand {})", wire.operand);
}

/// The number that a tensor of the report stands for, if it is one.
std::optional<double> number_of(const Question& question, const Tensor<double>& x) {
  if (question.from.element) return x[*question.from.element];
  if (x.elements() == 1) return x[0];
  return std::nullopt;
}

double norm(const Tensor<double>& x) {
  double squares = 0;
  for (const double element : x) squares += element * element;
  return std::sqrt(squares);
}

std::string amount(const Question& question, const Tensor<double>& x) {
  const auto number = number_of(question, x);
  return number ? fmt::format("{}", *number) : fmt::format("norm {:.6g}", norm(x));
}

/// The rows of a corner of a tensor: "[[1, 2],", "[3, 4]]".
std::vector<std::string> rows_of(const Tensor<double>& x) {
  const std::string text = explain::Math::tensor(x, 4).text();
  std::vector<std::string> rows;
  std::size_t from = 0;
  for (std::size_t at; (at = text.find("], [", from)) != std::string::npos; from = at + 3) {
    rows.push_back(text.substr(from, at + 2 - from));
  }
  rows.push_back(text.substr(from));
  return rows;
}

std::string path_text(const Question& question, const PathSum& sum, std::size_t i) {
  const Path& path = sum.paths[i];
  std::vector<std::string> nodes{question.name(sum.from)};
  for (const Wire& wire : path.wires) {
    nodes.push_back(question.name(wire.to) + used_as(*question.source.tape, wire));
  }
  std::string text = fmt::format("{:>4}.  {}\n", i + 1, laid_out(nodes, " → ", 7));
  const auto number = number_of(question, path.product);
  if (sum.numbers && !path.partials.empty()) {
    std::vector<std::string> factors;
    for (const double p : path.partials) factors.push_back(short_number(p));
    if (factors.size() > 1) factors.back() += " = " + short_number(*number);
    text += "       " + laid_out(factors, " · ", 7) + "\n";
  } else if (number) {
    text += "       " + short_number(*number) + "\n";
  } else {
    text += fmt::format("       norm {}: {}\n", short_number(path.size),
                        laid_out(rows_of(path.product), " ", 7));
  }
  return text;
}

/// Why nobody adds up paths.
std::string lesson(const PathSum& sum) {
  const std::string edges = plural(sum.edges, "edge");
  if (sum.count.is_at_most(std::max<std::size_t>(sum.edges, 1))) {
    return fmt::format("Reverse mode visits each of the {} once, however many paths there are.\n",
                       edges);
  }
  return fmt::format(
      "{} paths, but only {}: reverse mode\n"
      "visits each edge once, and so adds up all products without forming any of them.\n",
      sentence_start(count_text(sum.count)), edges);
}

std::string sums_text(const Question& question, const PathSum& sum) {
  const bool all = sum.count.is_at_most(sum.paths.size());
  std::vector<std::pair<std::string, std::string>> rows;
  if (!all) {
    rows.emplace_back(fmt::format("sum of these {}", sum.paths.size()),
                      amount(question, sum.listed));
    if (sum.total) {
      Tensor<double> rest = *sum.total;
      for (Index i = 0; i < rest.elements(); ++i) rest[i] -= sum.listed[i];
      rows.emplace_back("all the others together", amount(question, rest));
    }
  }
  if (sum.total) rows.emplace_back("sum over all paths", amount(question, *sum.total));
  rows.emplace_back("the tape's adjoint", amount(question, sum.adjoint));
  if (sum.total) {
    rows.emplace_back(
        number_of(question, sum.adjoint) ? "difference" : "largest difference",
        fmt::format("{:.2g}{}{:.2g}", sum.difference,
                    sum.agrees() ? ": round-off explains up to " : ", but round-off explains only ",
                    sum.tolerance));
  }
  std::string text;
  for (const auto& [what, number] : rows) text += fmt::format("{:<25}{}\n", what, number);
  if (!sum.total) {
    text +=
        "There are too many paths of tensors to go along each of them: these are the first in the\n"
        "tape's order, and not the largest.\n";
  }
  return text;
}

std::string blocked_text(const Question& question, const PathSum& sum) {
  std::vector<std::string> places;
  for (const Wire& wire : sum.blocked) {
    places.push_back(fmt::format("{} → {}", question.name(wire.from), question.name(wire.to)));
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  const std::string title = "Nothing passes: ";
  return title + laid_out(places, ", ", title.size()) + "\n";
}

/// The number, or null for a tensor.
std::string json_amount(const Question& question, const Tensor<double>& x) {
  const auto number = number_of(question, x);
  return number ? json_number(*number) : "null";
}

}  // namespace

std::string Question::name(NodeId id) const {
  const auto path = names.find(id);
  return path != names.end() ? path->second : source.tape->label(id);
}

std::string paths_text(const Question& question, const PathSum& sum) {
  const std::string from = question.from.name, to = question.name(sum.to);
  std::string text = fmt::format("{}\n\n", question.source.title);
  if (sum.count.is_at_most(0)) {
    return text +
           fmt::format("No path leads from {} to {}, and the tape's adjoint is 0.\n", from, to) +
           blocked_text(question, sum);
  }
  const bool one = sum.count.is_at_most(1);
  const std::string lead =
      fmt::format("{} path{} from {} to {},", sentence_start(count_text(sum.count)),
                  one ? " leads" : "s lead", from, to);
  const std::string size =
      fmt::format("over {} and {}.", plural(sum.nodes, "node"), plural(sum.edges, "edge"));
  text += lead + (columns(lead) + 1 + columns(size) > screen ? '\n' : ' ') + size + '\n';
  if (!sum.count.is_at_most(sum.paths.size())) {
    text += fmt::format("The {} {}:\n", sum.largest ? "largest" : "first", sum.paths.size());
  }
  text += '\n';
  for (std::size_t i = 0; i < sum.paths.size(); ++i) text += path_text(question, sum, i);
  text += "\n" + sums_text(question, sum) + "\n" + lesson(sum);
  std::vector<std::string> crossed;
  for (const NodeId id : sum.crossed) crossed.push_back(question.name(id));
  const std::string title = "Every path crosses: ";
  text += title + laid_out(crossed, ", ", title.size()) + "\n";
  if (!sum.blocked.empty()) text += blocked_text(question, sum);
  return text;
}

std::string paths_json(const Question& question, const PathSum& sum) {
  const auto quoted = [](const std::vector<std::string>& texts) {
    std::vector<std::string> result;
    for (const std::string& text : texts) result.push_back(io::json_quote(text));
    return fmt::format("[{}]", join(result, ", "));
  };
  std::vector<std::string> paths, crossed, blocked;
  for (const Path& path : sum.paths) {
    std::vector<NodeId> ids{sum.from};
    std::vector<std::uint32_t> operands;
    std::vector<std::string> nodes{question.name(sum.from)}, partials;
    for (const Wire& wire : path.wires) {
      nodes.push_back(question.name(wire.to));
      ids.push_back(wire.to);
      operands.push_back(wire.operand);
    }
    for (const double p : path.partials) partials.push_back(json_number(p));
    paths.push_back(
        fmt::format("    {{\"nodes\": {}, \"ids\": [{}], \"operands\": [{}], "
                    "\"partials\": {}, \"product\": {}, \"norm\": {}}}",
                    quoted(nodes), join(ids, ", "), join(operands, ", "),
                    sum.numbers ? fmt::format("[{}]", join(partials, ", ")) : "null",
                    json_amount(question, path.product), json_number(norm(path.product))));
  }
  for (const NodeId id : sum.crossed) crossed.push_back(question.name(id));
  for (const Wire& wire : sum.blocked) {
    blocked.push_back(fmt::format("[{}, {}]", io::json_quote(question.name(wire.from)),
                                  io::json_quote(question.name(wire.to))));
  }
  return fmt::format(
      "{{\n  \"source\": {}, \"from\": {}, \"to\": {},\n"
      "  \"count\": {}, \"log10_count\": {}, \"nodes\": {}, \"edges\": {},\n"
      "  \"paths\": [{}],\n  \"ranked\": {}, \"listed\": {}, \"total\": {}, \"adjoint\": {},\n"
      "  \"difference\": {}, \"tolerance\": {}, \"agrees\": {},\n"
      "  \"crossed\": {},\n  \"blocked\": [{}]\n}}\n",
      io::json_quote(question.source.title), io::json_quote(question.from.name),
      io::json_quote(question.name(sum.to)),
      sum.count.digits.empty() ? "null" : io::json_quote(sum.count.digits),
      json_number(sum.count.log10), sum.nodes, sum.edges,
      paths.empty() ? "" : fmt::format("\n{}\n  ", join(paths, ",\n")), sum.largest,
      json_amount(question, sum.listed), sum.total ? json_amount(question, *sum.total) : "null",
      json_amount(question, sum.adjoint), sum.total ? json_number(sum.difference) : "null",
      sum.total ? json_number(sum.tolerance) : "null",
      sum.total ? fmt::format("{}", sum.agrees()) : "null", quoted(crossed), join(blocked, ", "));
}

}  // namespace gradus::tools
