#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/number.h"
#include "edgewise/result.h"

namespace edgewise::json {

/// A tensor type of GGUF: rows of blocks, after `row_bytes` of the row's own.
struct GgufType {
  std::uint32_t id;
  const char* format;
  double block_weights, block_bytes, row_bytes;
};

struct GgufTensor {
  double dims[4] = {1, 1, 1, 1};  // the first is the row length
  const GgufType* type = nullptr;
  double count() const { return dims[0] * dims[1] * dims[2] * dims[3]; }
  double bytes() const;
};

/// What is kept of a metadata value: a number, a text, or of an array its length and, where it is short, its numbers.
struct GgufValue {
  double number = unknown;
  std::string text;
  std::vector<double> numbers;
  double length = 0;
};

/// Metadata and tensor table of a GGUF file.
struct GgufHeader {
  std::map<std::string, GgufValue> values;
  std::map<std::string, GgufTensor, std::less<>> tensors;
};
Result<GgufHeader> read_gguf_header(std::string_view bytes);

}  // namespace edgewise::json
