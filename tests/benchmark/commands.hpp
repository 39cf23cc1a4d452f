#pragma once

#include <string>
#include <vector>

namespace benchmark {

/// Each takes its options as words, and throws std::exception for what it cannot understand.
void gemm(const std::vector<std::string>& words);
void pointwise(const std::vector<std::string>& words);
void train(const std::vector<std::string>& words);
void floor(const std::vector<std::string>& words);
void compare(const std::vector<std::string>& words);
void machine(const std::vector<std::string>& words);
void tape(const std::vector<std::string>& words);

}  // namespace benchmark
