#include <fmt/core.h>

#include <algorithm>

#include "gradus/graph/node_text.hpp"
#include "gradus/graph/show.hpp"

namespace gradus {
namespace {

using Kind = DrawnPlace::Kind;

class Places {
 public:
  Places(Drawing& drawing, const Program& program) : drawing_(drawing), program_(program) {}

  void show() {
    drawing_.places.assign(drawing_.nodes.size(), {});
    // What no instruction computes: leaves and constants.
    for (const Program::Value& value : program_.values()) {
      DrawnPlace* place = of(value.node);
      if (!place) continue;
      if (value.place < 0) {
        place->kind = Kind::given;
      } else {
        in_buffer(*place, value);
      }
    }
    for (std::size_t i = 0; i < program_.size(); ++i) run(i);
    for (std::size_t i = 0; i < drawing_.costs.size(); ++i) {
      if (drawing_.nodes[i].kind == DrawnKind::fold) continue;
      if (drawing_.places[i].kind == Kind::dropped) drawing_.costs[i] = {};
    }
    say();
  }

 private:
  DrawnPlace* of(NodeId node) {
    const auto at = find(drawing_, node);
    return at ? &drawing_.places[*at] : nullptr;
  }

  void in_buffer(DrawnPlace& place, const Program::Value& value) {
    const Index elements = program_.shape(value.shape).elements();
    const bool passing = value.place == program_.passing() && elements > 0;
    place.kind = passing ? Kind::passing : Kind::computed;
    place.first = passing ? 0 : value.place;
    place.elements = passing ? 0 : elements;
  }

  void run(std::size_t i) {
    const Program::Value& value = program_.values()[program_.result(i)];
    DrawnPlace* place = of(value.node);
    if (!place) return;
    place->step = static_cast<std::uint32_t>(i + 1);
    if (value.place < 0) {  // computed straight into the parameter that it is the new value of
      place->kind = Kind::in_place;
      place->over = program_.leaves()[static_cast<std::size_t>(~value.place)].node;
      return;
    }
    for (const std::uint32_t operand : program_.operands(i)) {
      const Program::Value& read = program_.values()[operand];
      if (read.place != value.place || place->elements == 0) continue;
      place->kind = Kind::in_place;
      place->over = read.node;
    }
  }

  void say() {
    Index elements = 0;
    for (const Program::Value& value : program_.values()) {
      if (value.place >= 0) elements += program_.shape(value.shape).elements();
    }
    const auto dropped =
        std::count_if(drawing_.nodes.begin(), drawing_.nodes.end(), [&](const DrawnNode& n) {
          return n.kind != DrawnKind::fold && of(n.id)->kind == Kind::dropped;
        });
    std::string steps =
        fmt::format("Steps that run: {}.", grouped(static_cast<Index>(program_.size())));
    if (dropped > 0) steps += fmt::format(" Nodes that are dropped: {}.", grouped(dropped));
    drawing_.notes.push_back(std::move(steps));
    std::string memory = fmt::format("Numbers in memory: {}", grouped(program_.buffer_elements()));
    if (program_.buffer_elements() < elements) {
      memory += fmt::format("; without sharing it would be {}", grouped(elements));
    }
    drawing_.notes.push_back(memory + ".");
    if (program_.updates_in_place() > 0) {
      drawing_.notes.push_back(
          fmt::format("New parameters that are written straight over the old ones: {}.",
                      grouped(static_cast<Index>(program_.updates_in_place()))));
    }
  }

  Drawing& drawing_;
  const Program& program_;
};

}  // namespace

void show_program(Drawing& drawing, const Program& program) { Places(drawing, program).show(); }

}  // namespace gradus
