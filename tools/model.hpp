/// Networks as the command line describes them.
#pragma once

#include <string>
#include <vector>

#include "gradus/io/checkpoint.hpp"
#include "gradus/nn/loss.hpp"
#include "gradus/nn/mlp.hpp"
#include "options.hpp"

namespace gradus::tools {

/// Everything that makes a network and its loss.
struct ModelSpec {
  std::vector<Index> layers;
  std::string activation = "relu";
  std::string init = "he-normal";
  std::string loss = "cross-entropy";
  std::string bias = "layers";

  /// The options of the network itself, where a column of ones is one more input.
  nn::MlpOptions options() const;
  bool ones_column() const { return bias == "ones"; }
};

/// The number of trained numbers.
Index parameter_count(const ModelSpec& spec);

/// Adds --activation, --init, --loss and --bias.
void add_model_options(OptionList& list);
/// Reads them, and checks every name. `layers` are given apart.
ModelSpec read_model_options(const Options& options, std::vector<Index> layers);
/// Throws InputError for a name that is unknown, and for too many parameters.
void check_model(const ModelSpec& spec);
/// What a checkpoint of gradus train, read from `path`, says about its run: the text of an option.
/// Throws InputError for a checkpoint of another kind.
const std::string& setting(const io::Checkpoint& checkpoint, const std::string& path,
                           const std::string& key);
/// The same for a whole number from 0 to `limit`. Throws InputError for anything else.
Index whole_setting(const io::Checkpoint& checkpoint, const std::string& path,
                    const std::string& key, Index limit = 1'000'000'000);
/// "mlp:784,128,10" -> the layers. Throws InputError.
std::vector<Index> parse_model(const std::string& text);

/// A network, recorded on a batch of examples, with its loss.
struct RecordedModel {
  Var x;       ///< (batch, inputs)
  Var target;  ///< (batch, outputs), one-hot rows
  Var z;       ///< (batch, outputs), the last layer's sums
  Var loss;
};
RecordedModel record_model(Tape& tape, const nn::Mlp& mlp, const ModelSpec& spec, Index batch);

}  // namespace gradus::tools
