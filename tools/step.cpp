// gradus step
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

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

OptionList step_options() {
  OptionList list;
  add_source_options(list);
  list.add("wrt", {"NAME,..."}, "what to differentiate by; default: the parameters and free names");
  list.add("element", {"NAME[I,J]"}, "follow one element through the sums: 'W[0,1]'");
  list.add("digits", {"N", "5"}, "significant digits of the numbers");
  list.add("text", "print all steps; the default where there is no terminal");
  list.add("markdown", "print all steps as Markdown, with formulas in LaTeX");
  list.add("html", {"FILE"},
           "write a page to step through in a browser; it needs no network; -: the screen");
  list.add("output,o", {"FILE"},
           "where to write; its end says what: text (.txt), Markdown (.md) or a page (.html); "
           "-: the screen");
  return list;
}

constexpr std::string_view step_examples =
    "  gradus step 'L = a*b + a' --at a=2 --at b=-3\n"
    "  gradus step 'tanh(w*x + b)' --at w=0.5 --at x=2 --at b=-1 --wrt w --text\n"
    "  gradus step two_layer.gr --element 'W[1,2]'\n"
    "  gradus step 'L = a*b + a' --at a=2 --at b=-3 --html step.html\n"
    "  gradus step --model mlp:4,3,2 -o steps.md\n"
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

enum class Form { text, markdown, page };

/// ".md" of "notes.MD"; "" where there is none.
std::string ending_of(const std::string& file) {
  std::string text = std::filesystem::path(file).extension().string();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool is_page(const std::string& end) { return end == ".html" || end == ".htm"; }

/// What an option asks for, or else the end of the name of the output.
Form read_form(const Options& options) {
  if (const auto page = options.text("html")) {
    if (const std::string end = ending_of(*page); !end.empty() && !is_page(end)) {
      throw InputError(
          fmt::format("--html {}: the name of a page ends in .html or .htm, not {}", *page, end));
    }
    return Form::page;
  }
  if (options.flag("markdown")) return Form::markdown;
  const auto output = options.text("output");
  if (options.flag("text") || !output) return Form::text;
  const std::string end = ending_of(*output);
  if (end == ".md" || end == ".markdown") return Form::markdown;
  if (is_page(end)) return Form::page;
  if (end.empty() || end == ".txt" || end == ".text") return Form::text;
  throw InputError(
      fmt::format("{}: steps are text (.txt), Markdown (.md) or a page (.html), and the end of the "
                  "name says which; or --text or --markdown does",
                  *output));
}

std::string written(const explain::Walk& walk, Form form, const std::string& title) {
  switch (form) {
    case Form::markdown:
      return explain::to_markdown(walk);
    case Form::page:
      return explain::to_html(walk, {title, plain_layout});
    case Form::text:
      break;
  }
  return explain::to_text(walk);
}

}  // namespace

int step_command(const std::vector<std::string>& arguments) {
  const Options options("step", "step SOURCE [OPTIONS]", step_examples, step_options(), arguments,
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
  const Form form = read_form(options);
  const Source source = read_source(options);
  lang::check_size(*source.tape);
  explain::WalkOptions settings;
  settings.digits = static_cast<int>(options.whole("digits", 1, 17));
  if (options.given("element")) settings.element = options.need("element");
  const explain::Walk walk =
      explain::walk(source.result(), read_variables(source, options), settings);

  const auto output = options.given("html") ? options.text("html") : options.text("output");
  const bool asked_to_write = options.flag("text") || form != Form::text || output;
  if (!asked_to_write && can_step_on_terminal()) {
    step_on_terminal(walk);
    return ok;
  }
  const std::string text = written(walk, form, source.title);
  if (output && *output != "-") {
    io::write_whole_file(*output, text);
  } else {
    print_now(text);
  }
  return ok;
}

}  // namespace gradus::tools
