// gradus_bench COMMAND [--option value]...: measures Gradus, beside other libraries where they are
// installed. Prints `key=value` lines, one a measurement; docs/performance.md says how to read
// them.

#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include "commands.hpp"

int main(int argc, char** argv) {
  const std::map<std::string, void (*)(const std::vector<std::string>&)> commands{
      {"gemm", benchmark::gemm},       {"pointwise", benchmark::pointwise},
      {"train", benchmark::train},     {"floor", benchmark::floor},
      {"compare", benchmark::compare}, {"machine", benchmark::machine},
      {"tape", benchmark::tape},
  };
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto command = commands.find(words.empty() ? "" : words[0]);
  if (command == commands.end()) {
    std::fprintf(stderr, "usage: gradus_bench COMMAND [--option value]...; the commands are:");
    for (const auto& [name, run] : commands) std::fprintf(stderr, " %s", name.c_str());
    std::fprintf(stderr, "\n");
    return 2;
  }
  try {
    command->second({words.begin() + 1, words.end()});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gradus_bench: %s\n", error.what());
    return 2;
  }
}
