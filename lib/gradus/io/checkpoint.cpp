#include "gradus/io/checkpoint.hpp"

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "gradus/base/join.hpp"
#include "gradus/base/utf8.hpp"
#include "gradus/io/json.hpp"
#include "gradus/io/whole_file.hpp"

namespace gradus::io {
namespace {

constexpr std::size_t length_bytes = 8;
/// The reference implementation's limit. Real headers are some kilobytes.
constexpr std::uint64_t max_header = 100'000'000;

/// A file of ours begins with this, so the digits of the CRC have a fixed place. The second mark is
/// there so that a flipped bit in the first does not pass for a file that never had a CRC.
constexpr std::string_view crc_prefix = R"({"__metadata__":{"gradus.crc32":")";
constexpr std::string_view format_mark = R"(","gradus.format":"1")";
constexpr std::size_t crc_digits = 8;
constexpr std::size_t crc_begin = length_bytes + crc_prefix.size();

bool is_mark(std::string_view key) { return key == "gradus.crc32" || key == "gradus.format"; }

std::string shown(std::string_view name) { return json_quote(name.substr(0, 64)); }

/// The CRC-32 of the file without the digits of the CRC itself, in hexadecimal.
std::string checksum(std::string_view file) {
  const auto extend = [](uLong crc, std::string_view part) {
    return crc32_z(crc, reinterpret_cast<const Bytef*>(part.data()), part.size());
  };
  const uLong crc = extend(extend(crc32_z(0, nullptr, 0), file.substr(0, crc_begin)),
                           file.substr(crc_begin + crc_digits));
  return fmt::format("{:08x}", crc);
}

template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
void put_little_endian(char* to, T value) {
  const auto bits = std::bit_cast<Bits<T>>(value);
  for (std::size_t i = 0; i < sizeof(T); ++i) to[i] = static_cast<char>(bits >> (8 * i));
}

template <class T>
T get_little_endian(const char* from) {
  Bits<T> bits = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bits |= static_cast<Bits<T>>(static_cast<unsigned char>(from[i])) << (8 * i);
  }
  return std::bit_cast<T>(bits);
}

/// A tensor as the header tells of it: its bytes are [begin, end) of the data.
struct Entry {
  std::string name;
  std::string dtype;
  Shape shape;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

Entry read_entry(JsonReader& json, const std::string& name) {
  Entry entry{name, {}, {}, -1, -1};
  std::vector<Index> extents;
  bool has_shape = false;
  json.object([&](const std::string& key) {
    if (key == "dtype") {
      entry.dtype = json.string();
    } else if (key == "shape") {
      has_shape = true;
      json.array([&] {
        if (extents.size() == Shape::max_rank) {
          json.fail(fmt::format("tensor {} has more than {} axes", shown(name), Shape::max_rank));
        }
        extents.push_back(json.integer());
      });
    } else if (key == "data_offsets") {
      std::vector<std::int64_t> offsets;
      json.array([&] {
        offsets.push_back(json.integer());
        if (offsets.size() > 2) json.fail("data_offsets needs two numbers");
      });
      if (offsets.size() != 2) json.fail("data_offsets needs two numbers");
      entry.begin = offsets[0];
      entry.end = offsets[1];
    } else {
      json.fail(fmt::format("tensor {} has the unknown key {}", shown(name), shown(key)));
    }
  });
  if (entry.dtype.empty() || !has_shape || entry.begin < 0) {
    json.fail(fmt::format("tensor {} needs dtype, shape and data_offsets", shown(name)));
  }
  if (entry.dtype != "F32" && entry.dtype != "F64") {
    json.fail(fmt::format("tensor {} has the element type {}; Gradus reads F32 and F64",
                          shown(name), shown(entry.dtype)));
  }
  try {
    entry.shape = Shape(extents);
  } catch (const ShapeError& error) {
    json.fail(fmt::format("tensor {}: {}", shown(name), error.what()));
  }
  const std::int64_t bytes = entry.shape.elements() * (entry.dtype == "F32" ? 4 : 8);
  if (entry.end < entry.begin || entry.end - entry.begin != bytes) {
    json.fail(fmt::format("tensor {} of {} {} takes {} bytes, but its offsets are [{}, {}]",
                          shown(name), entry.dtype, to_string(entry.shape), bytes, entry.begin,
                          entry.end));
  }
  return entry;
}

/// The tensors, in any order, must cover the data from its first byte to its last, once.
void check_cover(std::vector<Entry>& entries, std::size_t data_bytes) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::int64_t covered = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != covered) {
      throw InputError(
          fmt::format("tensor {} begins at byte {} of the data, but those before it "
                      "end at {}: they {}",
                      shown(entry.name), entry.begin, covered,
                      entry.begin < covered ? "overlap" : "leave a gap"));
    }
    covered = entry.end;
  }
  const auto have = static_cast<std::int64_t>(data_bytes);
  if (covered > have) {
    throw InputError(fmt::format("it is cut short: {} of its {} bytes of tensors are missing",
                                 covered - have, covered));
  }
  if (covered < have) {
    throw InputError(fmt::format("{} bytes too many follow the last tensor", have - covered));
  }
}

template <Real T>
Tensor<T> read_tensor(const Shape& shape, const char* from) {
  Tensor<T> tensor(shape);
  for (Index i = 0; i < tensor.elements(); ++i) {
    tensor[i] = get_little_endian<T>(from + i * static_cast<Index>(sizeof(T)));
  }
  return tensor;
}

void check_crc(std::string_view bytes, const std::map<std::string, std::string>& metadata) {
  const bool has_place = bytes.substr(length_bytes).starts_with(crc_prefix);
  if (!has_place && !metadata.contains("gradus.crc32") && !metadata.contains("gradus.format")) {
    return;  // another tool wrote it
  }
  if (!has_place || bytes.substr(crc_begin, crc_digits) != checksum(bytes)) {
    throw InputError(
        "it is damaged: its checksum (gradus.crc32) does not fit its bytes. If another tool has "
        "changed the file, let it drop the metadata that begin with 'gradus.'");
  }
}

template <class Map>
[[noreturn]] void no_such(std::string_view what, const std::string& name, const Map& map) {
  if (map.empty()) {
    throw InputError(fmt::format("the checkpoint has no {} {}: it has none at all", what, name));
  }
  std::vector<std::string> names;  // escaped: the message must stay on one line
  for (const auto& [key, value] : map) {
    const std::string quoted = json_quote(key);
    names.push_back(quoted.substr(1, quoted.size() - 2));
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  throw InputError("in the checkpoint: " + unknown_name(what, name, known));
}

}  // namespace

template <Real T>
const Tensor<T>& Checkpoint::tensor(const std::string& name) const {
  const auto place = tensors.find(name);
  if (place == tensors.end()) no_such("tensor", name, tensors);
  if (const auto* found = std::get_if<Tensor<T>>(&place->second)) return *found;
  constexpr bool wants_float = std::is_same_v<T, float>;
  throw InputError(fmt::format("the checkpoint's tensor {} is in {} precision, but {} is needed",
                               shown(name), wants_float ? "double" : "float",
                               wants_float ? "float" : "double"));
}
template const Tensor<float>& Checkpoint::tensor(const std::string&) const;
template const Tensor<double>& Checkpoint::tensor(const std::string&) const;

const std::string& Checkpoint::text(const std::string& key) const {
  const auto place = metadata.find(key);
  if (place == metadata.end()) no_such("metadata", key, metadata);
  return place->second;
}

std::string encode_checkpoint(const Checkpoint& checkpoint) {
  const auto quote = [](const std::string& text) {
    if (is_utf8(text)) return json_quote(text);
    throw InputError(fmt::format("a checkpoint's text must be UTF-8, but {} is not", shown(text)));
  };
  std::string file(length_bytes, '\0');
  file += crc_prefix;
  file.append(crc_digits, '0');
  file += format_mark;
  for (const auto& [key, value] : checkpoint.metadata) {
    if (is_mark(key)) throw InputError("the metadata '" + key + "' is written by Gradus itself");
    file += fmt::format(",{}:{}", quote(key), quote(value));
  }
  file += '}';

  // Doubles first, as the format's writers do: then every tensor is aligned to its elements.
  std::vector<std::pair<const std::string*, const AnyTensor*>> order;
  for (const std::size_t kind : {1u, 0u}) {
    for (const auto& [name, tensor] : checkpoint.tensors) {
      if (tensor.index() == kind) order.emplace_back(&name, &tensor);
    }
  }
  std::size_t data_bytes = 0;
  for (const auto& [name, any] : order) {
    if (*name == "__metadata__") throw InputError("a tensor cannot be called '__metadata__'");
    const bool wide = any->index() == 1;
    const Shape& shape = std::visit([](const auto& t) -> const Shape& { return t.shape(); }, *any);
    const std::size_t end =
        data_bytes + static_cast<std::size_t>(shape.elements()) * (wide ? 8 : 4);
    file += fmt::format(R"(,{}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", quote(*name),
                        wide ? "F64" : "F32", join(shape.extents(), ","), data_bytes, end);
    data_bytes = end;
  }
  file += '}';
  file.resize((file.size() + 7) / 8 * 8, ' ');  // the data begin on a multiple of 8

  const std::uint64_t header = file.size() - length_bytes;
  if (header > max_header) {
    throw InputError(
        fmt::format("the checkpoint's header would take {} bytes, over {}", header, max_header));
  }
  put_little_endian(file.data(), header);
  file.resize(file.size() + data_bytes);
  char* to = file.data() + file.size() - data_bytes;
  for (const auto& [name, any] : order) {
    std::visit(
        [&](const auto& tensor) {
          for (const auto x : tensor) {
            put_little_endian(to, x);
            to += sizeof(x);
          }
        },
        *any);
  }
  file.replace(crc_begin, crc_digits, checksum(file));
  return file;
}

Checkpoint decode_checkpoint(std::string_view bytes) {
  if (bytes.size() < length_bytes) {
    throw InputError(fmt::format("{} bytes are too few for a checkpoint", bytes.size()));
  }
  const auto length = get_little_endian<std::uint64_t>(bytes.data());
  const std::size_t rest = bytes.size() - length_bytes;
  if (length > max_header || (rest > 0 && bytes[length_bytes] != '{')) {
    throw InputError("it is not a checkpoint (a safetensors file), or its first bytes are damaged");
  }
  if (length > rest) {
    throw InputError(fmt::format("it is cut short: the header has {} bytes, but only {} are there",
                                 length, rest));
  }
  const auto header = static_cast<std::size_t>(length);

  Checkpoint checkpoint;
  std::vector<Entry> entries;
  JsonReader json(bytes.substr(length_bytes, header));
  json.object([&](const std::string& key) {
    if (key == "__metadata__") {
      json.object([&](const std::string& name) { checkpoint.metadata[name] = json.string(); });
    } else {
      entries.push_back(read_entry(json, key));
    }
  });
  json.end();
  check_cover(entries, rest - header);
  check_crc(bytes, checkpoint.metadata);
  std::erase_if(checkpoint.metadata, [](const auto& item) { return is_mark(item.first); });

  const char* data = bytes.data() + length_bytes + header;
  for (const Entry& entry : entries) {
    checkpoint.tensors[entry.name] =
        entry.dtype == "F32" ? AnyTensor(read_tensor<float>(entry.shape, data + entry.begin))
                             : AnyTensor(read_tensor<double>(entry.shape, data + entry.begin));
  }
  return checkpoint;
}

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  write_whole_file(path, encode_checkpoint(checkpoint));
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  const std::string bytes = read_whole_file(path);
  try {
    return decode_checkpoint(bytes);
  } catch (const Error& error) {
    throw InputError(fmt::format("cannot load {}: {}", path.string(), error.what()));
  }
}

}  // namespace gradus::io
