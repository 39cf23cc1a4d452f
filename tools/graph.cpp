// gradus graph
#include <fmt/core.h>

#include <unistd.h>
#include <charconv>
#include <cstdio>

#include "command.hpp"
#include "gradus/base/named.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/graph/show.hpp"
#include "gradus/graph/view.hpp"
#include "gradus/io/whole_file.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/optimise.hpp"
#include "graph_format.hpp"
#include "source.hpp"

namespace gradus::tools {
namespace {

OptionList graph_options() {
  OptionList list;
  add_source_options(list);
  list.add("gradient", "draw the gradient, too");
  list.add("update", "draw a whole training step: loss, gradient, and the new parameters");
  list.add("optimizer", {"NAME", "sgd"}, "of the training step: " + list_names(optim::rules()));
  list.add("values", "show the value of every node");
  list.add("edges", {"WHAT"},
           "partials: the local derivative on every edge; contributions: adjoint times local "
           "derivative, and every adjoint");
  list.add("cost", "show floating-point operations, and bytes of results in float");
  list.add("optimised",
           "draw what the program's passes make of it: what runs, in which order, and in "
           "which memory");
  list.add("passes", {"LIST", "all"}, passes_help());
  list.add("depth", {"N"}, "fold scopes deeper than N into one node each; equal ones into one");
  list.add("around", {"NODE"}, "only what is near a node: a name, or #7");
  list.add("radius", {"R", "2"}, "how near: edges between it and NODE");
  list.add("from", {"X"}, "only what lies on a way from X ...");
  list.add("to", {"Y"}, "... to Y");
  const std::string formats = graph_formats() + "; default: as the end of FILE says, or dot";
  list.add("format", {"NAME"}, formats);
  list.add("output,o", {"FILE"}, "where to write; default, and -: the screen");
  return list;
}

constexpr std::string_view graph_examples =
    "  gradus graph 'sin(a * b) + a' --at a=2 --at b=3 --gradient -o sum.svg\n"
    "  gradus graph 'sin(a * b) + a' --at a=2 --at b=3 --edges contributions --format text\n"
    "  gradus graph two_layer.gr --values --cost | dot -Tpng > two_layer.png\n"
    "  gradus graph --model mlp:784,128,10 --update --optimizer nesterov -o step.pdf\n"
    "  gradus graph --model mlp:64,64,64,64,64,10 --gradient --depth 0 -o blocks.md\n"
    "  gradus graph --model mlp:8,5,3 --gradient --from W2 --to loss -o way.json\n";

/// Options that would change nothing are mistakes.
void check_together(const Options& options) {
  const auto needs = [&](const char* option, const char* other) {
    if (options.given(option) && !options.given(other)) {
      throw InputError(fmt::format("--{} does nothing without --{}", option, other));
    }
  };
  needs("optimizer", "update");
  needs("radius", "around");
  needs("from", "to");
  needs("to", "from");
  needs("passes", "optimised");
  if (options.flag("optimised") && options.given("edges")) {
    throw InputError("--edges shows derivatives of what was recorded: leave --optimised out");
  }
  if (options.flag("update") && options.flag("gradient")) {
    throw InputError("--update draws the gradient, too: leave --gradient out");
  }
  if (options.given("around") && options.given("from")) {
    throw InputError("--around and --from show different parts: take one of them");
  }
  if (const auto what = options.text("edges");
      what && *what != "partials" && *what != "contributions") {
    constexpr std::string_view known[] = {"contributions", "partials"};
    throw InputError(unknown_name("derivative on edges", *what, known));
  }
}

/// What is drawn, before a part of it is taken.
struct Subject {
  std::vector<Var> outputs;
  std::vector<Update> updates;
  std::string title;
  std::vector<std::string> notes;
};

Subject choose(const Source& source, const Options& options) {
  Subject subject{{source.result()}, {}, source.title, {}};
  const Var loss = source.result();
  if (options.flag("update")) {
    const std::vector<Var>& parameters = source.formula.parameters;
    if (parameters.empty()) {
      throw InputError(
          "--update needs something to train: a parameter, as in 'param w = 1; (w * 3 - 1)^2'");
    }
    const optim::Rule& rule = optim::find_rule(options.need("optimizer"));
    const optim::Optimizer optimizer(rule, parameters, rule.rate);
    subject.updates = optimizer.updates(gradient(loss, parameters));
    subject.title += fmt::format(": a training step with {}", rule.name);
  } else if (options.flag("gradient")) {
    const std::vector<Var> variables = source.variables();
    if (variables.empty()) {
      throw InputError("--gradient needs a variable: this formula has none");
    }
    const Backward back = backward(loss, variables);
    for (const Var v : variables) {
      const NodeId adjoint = v.id() <= loss.id() ? back.adjoints[v.id()] : no_node;
      if (adjoint == no_node) {
        subject.notes.push_back(fmt::format("∂{}/∂{} was not computed: no derivative leads there.",
                                            source.tape->label(loss.id()),
                                            source.tape->label(v.id())));
      } else {
        subject.outputs.push_back(source.tape->var(adjoint));
      }
    }
    if (subject.outputs.size() == 1) {
      throw InputError("there is no gradient to draw: " + subject.notes[0]);
    }
    subject.title += " and its gradient";
  }
  return subject;
}

/// What the passes make of the subject, with the recorded values of its inputs and parameters.
Draft optimised(Subject& subject, const Tape& recorded, Passes passes) {
  Draft draft = optimise(subject.outputs, subject.updates, passes);
  for (NodeId id = 0; id < draft.tape->size(); ++id) {
    const Op& op = draft.tape->op(id);
    if (!is_input(op) && !is_parameter(op)) continue;
    if (const double* value = recorded.leaf_value(draft.origin[id])) {
      const Shape& shape = draft.tape->shape(id);
      const std::span elements(value, static_cast<std::size_t>(shape.elements()));
      draft.tape->set(draft.tape->var(id), Tensor<double>(shape, elements));
    }
  }
  subject.outputs = draft.outputs;
  subject.updates = draft.updates;
  subject.title += ", as it runs";
  subject.notes.push_back(fmt::format("Nodes that were recorded: {}; after the passes: {}.",
                                      with_commas(static_cast<Index>(recorded.size())),
                                      with_commas(static_cast<Index>(draft.tape->size()))));
  return draft;
}

/// The part that is asked for. Notes what was left out.
Graph part(const Graph& all, const Source& source, const Options& options,
           const std::optional<Draft>& draft, std::vector<std::string>& notes) {
  const auto find = [&](const std::string& name) {
    NodeId shown = no_node;  // a number is the one that is drawn
    if (draft && name.starts_with('#') &&
        std::from_chars(name.data() + 1, name.data() + name.size(), shown).ptr ==
            name.data() + name.size() &&
        shown < draft->tape->size()) {
      return draft->tape->var(shown);
    }
    const Var recorded = source.find(name);
    if (!draft) return recorded;
    const auto at = std::find(draft->origin.begin(), draft->origin.end(), recorded.id());
    if (at == draft->origin.end()) {
      throw InputError(fmt::format(
          "{} is not there any more: the passes left it out, or made it a part of another op",
          name));
    }
    return draft->tape->var(static_cast<NodeId>(at - draft->origin.begin()));
  };
  const auto note = [&](const Graph& view, const std::string& what) {
    notes.push_back(fmt::format("{}: {} of {} nodes.", what,
                                with_commas(static_cast<Index>(view.size())),
                                with_commas(static_cast<Index>(all.size()))));
    return view;
  };
  if (const auto name = options.text("around")) {
    const Index radius = options.whole("radius", 0, 1'000'000);
    const Var center = find(*name);
    return note(around(all, center.id(), static_cast<std::size_t>(radius)),
                fmt::format("Only what is at most {} edge{} from {}", radius,
                            radius == 1 ? "" : "s", all.tape().label(center.id())));
  }
  if (const auto name = options.text("from")) {
    const Var from = find(*name);
    const Var to = find(options.need("to"));
    return note(between(all, from.id(), to.id()),
                fmt::format("Only what lies on a way from {} to {}", all.tape().label(from.id()),
                            all.tape().label(to.id())));
  }
  return all;
}

std::string write(const GraphFormat& format, const Source& source, const Options& options) {
  Subject subject = choose(source, options);
  const Passes passes = Passes::parse(options.need("passes"));
  std::optional<Draft> draft;
  if (options.flag("optimised")) draft = optimised(subject, *source.tape, passes);
  Tape& tape = draft ? *draft->tape : *source.tape;
  const Graph all = draft ? Graph::whole(tape, subject.outputs, subject.updates)
                          : Graph(subject.outputs, subject.updates);
  const Graph graph = part(all, source, options, draft, subject.notes);

  DrawOptions what;
  what.title = subject.title;
  if (options.given("depth")) {
    what.depth = static_cast<std::size_t>(options.whole("depth", 0, 1'000'000));
  }
  if (options.flag("cost")) what.cost_element_size = sizeof(float);
  Drawing drawing = gradus::draw(graph, what);
  drawing.notes = std::move(subject.notes);

  const auto edges = options.text("edges");
  if (options.flag("values") || edges) lang::check_size(tape);
  if (options.flag("values")) show_values(drawing, tape);
  if (edges == "partials") show_partials(drawing, tape);
  if (edges == "contributions") {
    const std::vector<Var> variables = source.variables();
    show_contributions(drawing, tape, backward(source.result(), variables));
  }
  if (draft) show_program(drawing, Program(*draft, passes));
  return format.write(drawing, tape);
}

}  // namespace

int graph_command(const std::vector<std::string>& arguments) {
  const Options options("graph", fmt::format("graph SOURCE [OPTIONS]\n\n{}", source_help),
                        graph_examples, graph_options(), arguments, Positional::source);
  if (options.help()) return ok;
  check_together(options);
  const auto output = options.text("output");
  const bool to_screen = !output || *output == "-";
  const GraphFormat& format = find_graph_format(options.text("format"), output);
  if (to_screen && (format.name == "png" || format.name == "pdf") && isatty(STDOUT_FILENO)) {
    throw InputError(fmt::format("{} is not for a terminal: give a file, as in -o graph.{}",
                                 format.name, format.name));
  }
  const Source source = read_source(options);
  const std::string bytes = write(format, source, options);
  if (to_screen) {
    print_now(bytes);
  } else {
    io::write_whole_file(*output, bytes);
  }
  return ok;
}

}  // namespace gradus::tools
