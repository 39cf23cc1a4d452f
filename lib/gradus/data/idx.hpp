/// IDX files, the format of MNIST: http://yann.lecun.com/exdb/mnist/ ("The IDX file format"): two
/// zero bytes, the element type, the rank, the extents as big-endian 32-bit integers, the elements.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "gradus/base/shape.hpp"

namespace gradus::data {

/// The contents of an IDX file of unsigned bytes.
struct IdxBytes {
  Shape shape;
  std::vector<std::uint8_t> bytes;  ///< row-major
};

/// Reads an IDX file of unsigned bytes of rank 1 to 4, plain or gzipped (the contents tell which,
/// not the name). Memory grows with what is really there, never with what a header claims. Throws
/// InputError, one line that names the file, for a file that cannot be read, another format or
/// element type, bytes that are missing or too many, and a gzip stream whose CRC does not fit.
IdxBytes read_idx(const std::filesystem::path& path);

}  // namespace gradus::data
