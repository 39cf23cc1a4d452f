/// Stepping on a terminal.
#pragma once

#include "gradus/explain/walk.hpp"

namespace gradus::tools {

/// Whether one can step here: keys come from a terminal, and what is drawn goes to one that can
/// place text.
bool can_step_on_terminal();

/// Shows the walk and heeds keys until q is pressed. Whatever ends it, an error or a signal, the
/// terminal is left as it was; after SIGINT, SIGTERM or SIGHUP the process ends by that signal.
void step_on_terminal(const explain::Walk& walk);

}  // namespace gradus::tools
