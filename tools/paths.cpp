// gradus paths
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "command.hpp"
#include "gradus/base/element.hpp"
#include "gradus/base/join.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/graph/node_text.hpp"
#include "gradus/io/whole_file.hpp"
#include "paths_report.hpp"
#include "render.hpp"

namespace gradus::tools {
namespace {

OptionList paths_options() {
  OptionList list;
  list.add("from", {"NAME"},
           "where paths start: a name, #7, or one element, 'W[3,7]'; default: the only variable");
  list.add("to", {"NAME"}, "where they end: a single number; default: the result");
  list.add("top", {"K", "10"}, "show the K largest paths");
  list.add("output,o", {"FILE"}, "draw a path: FILE.dot, or FILE.svg, .png, .pdf by Graphviz");
  list.add("path", {"N", "1"}, "which of the shown paths is lit in the drawing");
  list.add("json", "print the report as JSON");
  add_source_options(list);
  return list;
}

constexpr std::string_view paths_examples =
    "  gradus paths 'sin(x) * x' --at x=2\n"
    "  gradus paths 'a*b + sin(a)' --at a=2 --at b=3 --from a -o paths.svg\n"
    "  gradus paths two_layer.gr --from 'W[1,2]' --top 3\n"
    "  gradus paths --model mlp:784,128,10 --from W1\n\n"
    "The derivative of a result is the sum over all paths that lead to it, each with the\n"
    "product of the local derivatives along it (Bauer's formula). It is compared with the\n"
    "adjoint that the tape computes in one walk; status 1 means that they differ by more\n"
    "than round-off.\n";

Start find_start(const Source& source, const Options& options) {
  const auto text = options.text("from");
  if (!text) {
    const std::vector<Var> variables = source.variables();
    if (variables.size() != 1) {
      std::vector<std::string> names;
      for (const Var v : variables) names.push_back(source.tape->label(v.id()));
      throw InputError(names.empty() ? "--from is missing: there is no variable to start from"
                                     : fmt::format("--from is missing: paths start at one of {}",
                                                   join(names, ", ")));
    }
    return {variables[0], {}, source.tape->label(variables[0].id())};
  }
  const ElementText element = split_element(*text);
  const Var var = source.find(element.name);
  if (!element.index) return {var, {}, element.name};
  return {var, position_of(element, var.shape()), element.text};
}

Question ask(const Options& options) {
  Question question{read_source(options), {}, {}, {}};
  question.from = find_start(question.source, options);
  const auto to = options.text("to");
  question.to = to ? question.source.find(*to) : question.source.result();
  std::map<std::string_view, int> times;
  for (const auto& [path, var] : question.source.formula.names) ++times[var.name()];
  for (const auto& [path, var] : question.source.formula.names) {
    if (times[var.name()] > 1) question.names.emplace(var.id(), path);
  }
  return question;
}

std::string format_of(const std::string& file) {
  constexpr std::array<std::string_view, 4> formats{"dot", "svg", "png", "pdf"};
  std::string format = std::filesystem::path(file).extension().string();
  if (!format.empty()) format.erase(0, 1);
  if (std::find(formats.begin(), formats.end(), format) == formats.end()) {
    throw InputError(fmt::format("{}: {}", file, unknown_name("format", format, formats)));
  }
  return format;
}

void draw(const Question& question, const PathSum& sum, std::size_t path, const std::string& file) {
  DotOptions options;
  options.legend = true;
  options.title = fmt::format("{}: a path from {} to {}", question.source.title, question.from.name,
                              question.name(sum.to));
  options.lit = sum.paths[path].wires;
  Drawing drawing = gradus::draw(Graph(question.to));
  const Path& lit = sum.paths[path];
  std::map<std::pair<NodeId, std::uint32_t>, double> partials;  // by user and operand
  for (std::size_t i = 0; i < lit.partials.size(); ++i) {
    partials[{lit.wires[i].to, lit.wires[i].operand}] = lit.partials[i];
  }
  for (DrawnEdge& edge : drawing.edges) {
    const auto found = partials.find({drawing.nodes[edge.to].id, edge.operand});
    if (found == partials.end()) continue;
    edge.number = found->second;
    edge.label = short_text(found->second, 4);
  }
  const std::string dot = to_dot(drawing, options);
  const std::string format = format_of(file);
  io::write_whole_file(file, format == "dot" ? dot : render(dot, format));
}

}  // namespace

int paths_command(const std::vector<std::string>& arguments) {
  const Options options("paths", "paths SOURCE --from NAME [OPTIONS]",
                        fmt::format("{}\n{}", paths_examples, source_help), paths_options(),
                        arguments, Positional::source);
  if (options.help()) return ok;
  const auto file = options.text("output");
  if (file) format_of(*file);
  if (options.given("path") && !file) {
    throw InputError("--path says which path is lit in a drawing: it needs -o FILE");
  }
  PathOptions wanted;
  wanted.top = static_cast<std::size_t>(options.whole("top", 1, 10'000));
  const auto lit = static_cast<std::size_t>(options.whole("path", 1, 10'000));
  const Question question = ask(options);
  lang::check_size(*question.source.tape);
  wanted.element = question.from.element;
  const PathSum sum = sum_over_paths(question.from.var, question.to, wanted);
  if (file && lit > sum.paths.size()) {
    throw InputError(fmt::format(
        "--path is {}, but {} shown", lit,
        sum.paths.size() == 1 ? "1 path is" : fmt::format("{} paths are", sum.paths.size())));
  }
  print_now(options.flag("json") ? paths_json(question, sum) : paths_text(question, sum));
  if (file) draw(question, sum, lit - 1, *file);
  return sum.total && !sum.agrees() ? failed : ok;
}

}  // namespace gradus::tools
