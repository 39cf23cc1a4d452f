/// What a fuzz target is: a function of any bytes that returns, whatever they are. libFuzzer calls
/// it with what it makes up, replay.cpp with the files of a corpus.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// An error's text must be fit for a terminal: whole lines without control characters.
inline void check_text(std::string_view message) {
  const bool is_plain =
      !message.empty() && std::none_of(message.begin(), message.end(), [](char c) {
        return c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f);
      });
  if (!is_plain) std::abort();
}
