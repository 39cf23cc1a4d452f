// Any bytes, read as a graph in GraphML and in JSON: refused, or a drawing that is written, read
// and written again as the same bytes.
#include <cstdlib>
#include <string>
#include <string_view>

#include "fuzz/fuzz.hpp"
#include "gradus/base/error.hpp"
#include "gradus/graph/graphml.hpp"
#include "gradus/graph/json_graph.hpp"

using namespace gradus;

namespace {

template <class Read, class Write>
void check_reader(std::string_view text, const Read& read, const Write& write) {
  Drawing drawing;
  try {
    drawing = read(text);
  } catch (const InputError& error) {
    check_text(error.what());
    return;
  }
  const std::string once = write(drawing);
  if (write(read(once)) != once) std::abort();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_reader(text, read_graphml, to_graphml);
  check_reader(text, read_json, to_json);
  return 0;
}
