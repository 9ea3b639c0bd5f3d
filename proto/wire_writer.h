// WireWriter: the fields of a protobuf message, appended to a string.
//
//   std::string series;
//   WireWriter out(series);
//   out.Bytes(1, label);
//   out.Double(2, value);
//
// A field is written whatever its value is; that 0 may be left out is for the
// caller to know.
//
// Threads: one.  Ownership: the string must outlive it.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "proto/wire.h"

namespace tidemark::proto {

class WireWriter {
 public:
  explicit WireWriter(std::string& out) : out_(out) {}

  void Varint(uint32_t field, uint64_t v) {
    Raw(Tag(field, WireType::kVarint));
    Raw(v);
  }
  void Int64(uint32_t field, int64_t v) { Varint(field, static_cast<uint64_t>(v)); }
  void Zigzag(uint32_t field, int64_t v) {
    Varint(field, static_cast<uint64_t>(v) << 1 ^ static_cast<uint64_t>(v >> 63));
  }
  void Double(uint32_t field, double v) {
    Raw(Tag(field, WireType::kFixed64));
    RawDouble(v);
  }
  void Bytes(uint32_t field, std::string_view bytes) {
    Raw(Tag(field, WireType::kBytes));
    Raw(bytes.size());
    out_.append(bytes);
  }
  void PackedDoubles(uint32_t field, std::span<const double> numbers) {
    if (numbers.empty()) return;
    Raw(Tag(field, WireType::kBytes));
    Raw(numbers.size() * sizeof(double));
    for (const double v : numbers) RawDouble(v);
  }

  // A varint without a tag: a length.
  void Raw(uint64_t v) {
    for (; v >= 0x80; v >>= 7) out_ += static_cast<char>(v | 0x80);
    out_ += static_cast<char>(v);
  }

 private:
  void RawDouble(double v) {
    static_assert(std::endian::native == std::endian::little);
    char bytes[sizeof v];
    std::memcpy(bytes, &v, sizeof v);
    out_.append(bytes, sizeof v);
  }

  std::string& out_;
};

}  // namespace tidemark::proto
