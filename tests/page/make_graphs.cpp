// Writes the graph pages that the browser tests look at:  make_graphs FOLDER
#include <iostream>

#include "gradus/gradus.hpp"
#include "gradus/graph/html.hpp"
#include "gradus/graph/show.hpp"
#include "page_files.hpp"

using namespace gradus;

namespace {

void draw_page(const std::string& name, Drawing drawing, const Tape& tape, bool with_dot) {
  HtmlOptions options;
  options.tape = &tape;
  if (with_dot) options.graphviz = pages::graphviz;
  pages::write(name + ".html", to_html(drawing, options));
}

/// A network's loss, and its gradient; values where `values`.
void network_graph(const std::string& name, bool gradients, bool values, bool with_dot) {
  Tape tape;
  Random random(1);
  const nn::Mlp mlp(tape, {.layers = {2, 3, 1}}, random);
  const Var x = tape.input(Tensor<double>({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}), "X");
  const Var t = tape.input(Tensor<double>({4, 1}, {0, 1, 1, 0}), "T");
  const Var loss = nn::find_loss("mse").apply(mlp(x), t).named("loss");
  std::vector<Var> outputs{loss};
  const std::vector<Var> by = mlp.parameters();
  const Backward back = backward(loss, by);
  if (gradients) {
    for (const Var w : by) outputs.emplace_back(tape, back.adjoints[w.id()]);
  }
  Drawing drawing = draw(Graph(outputs));
  drawing.title = "A network of 2-3-1";
  if (values) {
    show_values(drawing, tape);
    show_contributions(drawing, tape, back);
  }
  draw_page(name, std::move(drawing), tape, with_dot);
}

void nasty_graph() {
  Tape tape;
  const auto scope = tape.scope("</script><b>bold");
  const Var a = tape.parameter(2, "</script><b onmouseover=alert(1)>bold");
  const Var b = tape.parameter(-3, "\"'<!--\\u003c&amp;]]>\n");
  const Var m = (a / b).named("<img src=x onerror=alert(2)>");
  Drawing drawing = draw(Graph(m));
  drawing.title = "</title><script>document.title = 'broken'</script>";
  draw_page("graph-nasty", std::move(drawing), tape, true);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_graphs FOLDER\n";
    return 2;
  }
  pages::folder = argv[1];
  std::filesystem::create_directories(pages::folder);
  network_graph("graph", false, true, true);
  network_graph("graph-gradient", true, false, true);
  network_graph("graph-without-dot", true, false, false);
  nasty_graph();
}
