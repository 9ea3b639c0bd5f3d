#include "tsdb/base/varint.h"

#include <limits>

namespace tidemark {

bool ReadLongVarint(std::string_view& in, uint64_t& v) {
  uint64_t result = 0;
  for (size_t i = 0; i < in.size() && i < kMaxVarintBytes; ++i) {
    const auto byte = static_cast<unsigned char>(in[i]);
    if (i == kMaxVarintBytes - 1 && byte > 1) return false;  // bits above the 64th
    result |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      v = result;
      in.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool ReadVarint32(std::string_view& in, uint32_t& v) {
  std::string_view rest = in;
  uint64_t wide;
  if (!ReadVarint(rest, wide) || wide > std::numeric_limits<uint32_t>::max()) return false;
  v = static_cast<uint32_t>(wide);
  in = rest;
  return true;
}

bool ReadZigzag(std::string_view& in, int64_t& v) {
  uint64_t encoded;
  if (!ReadVarint(in, encoded)) return false;
  v = ZigzagDecode(encoded);
  return true;
}

bool ReadLengthPrefixed(std::string_view& in, std::string_view& bytes) {
  std::string_view rest = in;
  uint64_t length;
  if (!ReadVarint(rest, length) || length > rest.size()) return false;
  bytes = rest.substr(0, length);
  in = rest.substr(length);
  return true;
}

}  // namespace tidemark
