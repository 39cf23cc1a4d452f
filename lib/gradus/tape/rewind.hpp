/// Recording on somebody's tape for a while.
#pragma once

#include "gradus/tape/tape.hpp"

namespace gradus {

/// What is recorded while it lives is forgotten again.
class [[nodiscard]] Rewind {
 public:
  explicit Rewind(Tape& tape) : tape_(tape), mark_(tape.mark()) {}
  ~Rewind() { tape_.rewind(mark_); }
  Rewind(const Rewind&) = delete;
  Rewind& operator=(const Rewind&) = delete;

 private:
  Tape& tape_;
  Tape::Mark mark_;
};

}  // namespace gradus
