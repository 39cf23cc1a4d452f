/// Checkpoints: named tensors and strings in one file, in the safetensors format
/// (https://github.com/huggingface/safetensors), so that other tools can read them too: an 8-byte
/// little-endian header length, a JSON header, then the tensors' little-endian bytes, end to end.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "gradus/tensor/tensor.hpp"

namespace gradus::io {

using AnyTensor = std::variant<Tensor<float>, Tensor<double>>;

/// What a checkpoint holds. Names and strings are UTF-8.
struct Checkpoint {
  std::map<std::string, AnyTensor> tensors;
  std::map<std::string, std::string> metadata;

  /// The tensor of that name. Throws InputError if there is none, or one of the other precision.
  template <Real T>
  const Tensor<T>& tensor(const std::string& name) const;
  /// The metadata under that key. Throws InputError if there is none.
  const std::string& text(const std::string& key) const;

  bool operator==(const Checkpoint&) const = default;
};

/// The bytes of a checkpoint. Equal checkpoints give equal bytes. Every bit is kept, also of NaNs.
/// The metadata gets two more entries: "gradus.crc32", a CRC-32 of all other bytes of the file, and
/// "gradus.format". Throws InputError for these names, for a tensor called "__metadata__", and for
/// text that is not UTF-8.
std::string encode_checkpoint(const Checkpoint& checkpoint);

/// The checkpoint in these bytes, which may also come from another tool; its tensors must be F32 or
/// F64 of rank 0 to 4. Everything is checked before it is used: the header's length and grammar,
/// that the tensors cover the data without gap or overlap, and the CRC-32 where Gradus wrote one.
/// Throws InputError that says what is wrong.
Checkpoint decode_checkpoint(std::string_view bytes);

/// Writes a checkpoint: the file at `path` is replaced whole or not at all (see
/// write_whole_file). Throws InputError.
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Reads a checkpoint. Throws InputError that names the file and what is wrong with it.
Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace gradus::io
