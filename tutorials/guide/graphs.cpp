#include <boost/graph/topological_sort.hpp>
#include <fstream>
#include <iostream>

#include "gradus/gradus.hpp"
#include "gradus/graph/boost_graph.hpp"
using namespace gradus;

int main() {
  // [draw]
  Tape tape;
  const Var x = tape.input(Shape{8, 2}, "x");
  const Var t = tape.input(Shape{8, 1}, "t");
  Random random(1);
  const nn::Mlp net(tape, {.layers = {2, 3, 1}, .activation = "tanh"}, random);
  const Var loss = mse(net(x), t).named("loss");
  std::ofstream("network.dot") << to_dot(Graph(loss), {.title = "A network and its loss"});
  // [end]

  // [boost]
  const Graph graph(loss);
  std::vector<std::size_t> order;  // the last vertex first
  boost::topological_sort(boost_graph(graph), std::back_inserter(order));
  for (const std::size_t vertex : order) std::cout << tape.label(graph[vertex].node) << ' ';
  std::cout << '\n' << graph.size() << " vertices, " << graph.edges() << " edges\n";
  // [end]
}
