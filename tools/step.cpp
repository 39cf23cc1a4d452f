// gradus step
#include <fmt/format.h>

#include "command.hpp"
#include "gradus/explain/html.hpp"
#include "gradus/explain/text.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/io/whole_file.hpp"
#include "render.hpp"
#include "source.hpp"
#include "step_terminal.hpp"

namespace gradus::tools {
namespace {

namespace po = boost::program_options;

po::options_description describe() {
  po::options_description description;
  add_source_options(description);
  auto add = description.add_options();
  add("wrt", value("NAME,..."), "what to differentiate by; default: the parameters and free names");
  add("element", value("NAME[I,J]"), "follow one element through the sums: 'W[0,1]'");
  add("digits", value("N", "5"), "significant digits of the numbers");
  add("text", "print all steps; the default where there is no terminal");
  add("markdown", "print all steps as Markdown, with formulas in LaTeX");
  add("html", value("FILE"), "write a page to step through in a browser; it needs no network");
  add("output,o", value("FILE"), "write the text to a file");
  return description;
}

constexpr std::string_view examples =
    "  gradus step 'L = a*b + a' --at a=2 --at b=-3\n"
    "  gradus step 'tanh(w*x + b)' --at w=0.5 --at x=2 --at b=-1 --wrt w --text\n"
    "  gradus step two_layer.gr --element 'W[1,2]'\n"
    "  gradus step 'L = a*b + a' --at a=2 --at b=-3 --html step.html\n"
    "  gradus step --model mlp:4,3,2 --markdown -o steps.md\n"
    "\nOn a terminal, → and ← go through the steps, z starts a quiz, h shows all keys.\n";

/// The variables that --wrt names. Throws for one on which the result does not depend.
std::vector<Var> read_variables(const Source& source, const Options& options) {
  const auto names = options.text("wrt");
  if (!names) return source.variables();
  std::vector<Var> variables;
  std::string_view rest = *names;
  while (true) {
    const std::size_t comma = rest.find(',');
    std::string_view name = rest.substr(0, comma);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (name.empty()) {
      throw InputError(fmt::format(
          "--wrt is '{}': it must be names with commas between them, as in a,b", *names));
    }
    variables.push_back(source.find(name));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  const Tape::Mark mark = source.tape->mark();
  gradient(source.result(), variables);
  source.tape->rewind(mark);
  return variables;
}

}  // namespace

int step_command(const std::vector<std::string>& arguments) {
  const Options options("step", "step SOURCE [OPTIONS]", examples, describe(), arguments,
                        Positional::source);
  if (options.help()) return ok;
  if (options.flag("text") && options.flag("markdown")) {
    throw InputError("--text and --markdown: choose one");
  }
  if (options.given("html")) {
    for (const char* other : {"text", "markdown", "output"}) {
      if (options.given(other)) throw InputError(fmt::format("--html and --{}: choose one", other));
    }
  }
  const Source source = read_source(options);
  lang::check_size(*source.tape);
  explain::WalkOptions settings;
  settings.digits = static_cast<int>(options.whole("digits", 1, 17));
  if (options.given("element")) settings.element = options.need("element");
  const explain::Walk walk =
      explain::walk(source.result(), read_variables(source, options), settings);

  if (const auto page = options.text("html")) {
    io::write_whole_file(*page, explain::to_html(walk, {source.title, plain_layout}));
    return ok;
  }
  const auto output = options.text("output");
  const bool asked_for_text = options.flag("text") || options.flag("markdown") || output;
  if (!asked_for_text && can_step_on_terminal()) {
    step_on_terminal(walk);
    return ok;
  }
  const std::string text =
      options.flag("markdown") ? explain::to_markdown(walk) : explain::to_text(walk);
  if (output) {
    io::write_whole_file(*output, text);
  } else {
    print_now(text);
  }
  return ok;
}

}  // namespace gradus::tools
