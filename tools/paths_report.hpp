/// What `gradus paths` says: as text, and as JSON.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "gradus/graph/paths.hpp"
#include "source.hpp"

namespace gradus::tools {

/// Where paths start.
struct Start {
  Var var;
  std::optional<Index> element;
  std::string name;  ///< "W[3,7]"
};

/// What is asked for, and how things are called.
struct Question {
  Source source;
  Start from;
  Var to;
  std::map<NodeId, std::string> names;  ///< of nodes that share their name: with their scopes

  std::string name(NodeId id) const;
};

/// The report for people, in 80 columns.
std::string paths_text(const Question& question, const PathSum& sum);
/// The report for programs. Of tensors it gives norms, not elements.
std::string paths_json(const Question& question, const PathSum& sum);

}  // namespace gradus::tools
