// gradus eval
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "command.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/run/value.hpp"
#include "source.hpp"

namespace gradus::tools {
namespace {

namespace po = boost::program_options;

po::options_description describe() {
  po::options_description description;
  add_source_options(description);
  description.add_options()("json", "print values and gradients as JSON");
  return description;
}

constexpr std::string_view examples =
    "  gradus eval 'sin(x) * x' --at x=2\n"
    "  gradus eval 'mean((X @ W - Z)^2)' --at 'X=[[1,2],[3,4]]' --at 'W=[[1],[2]]' --at "
    "'Z=[[0],[1]]'\n"
    "  gradus eval two_layer.gr --json\n";

}  // namespace

int eval_command(const std::vector<std::string>& arguments) {
  const Options options("eval", "eval SOURCE [OPTIONS]", examples, describe(), arguments,
                        Positional::source);
  if (options.help()) return ok;
  const Source source = read_source(options);
  lang::check_size(*source.tape);
  std::string text = fmt::format("{}\n", to_string(value(source.result())));
  if (source.result().shape().elements() == 1) {
    for (const Var v : source.variables()) {
      text += fmt::format("{} {}\n", source.tape->label(v.id()),
                          to_string(value(gradient(source.result(), v, Disconnected::zeros))));
    }
  }
  print_now(text);
  return ok;
}

}  // namespace gradus::tools
