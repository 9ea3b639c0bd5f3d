#include "proto/raw_labels.h"

#include <cstring>

#include "proto/wire.h"

namespace tidemark::proto {
namespace {

constexpr char kName = Tag(1, WireType::kBytes);   // in a label
constexpr char kValue = Tag(2, WireType::kBytes);  // in a label
constexpr char kLabel = Tag(1, WireType::kBytes);  // in a series

size_t VarintSize(size_t v) {
  size_t bytes = 1;
  for (; v >= 0x80; v >>= 7) ++bytes;
  return bytes;
}

char* PutVarint(char* out, size_t v) {
  for (; v >= 0x80; v >>= 7) *out++ = static_cast<char>(v | 0x80);
  *out++ = static_cast<char>(v);
  return out;
}

char* PutField(char* out, char tag, std::string_view bytes) {
  *out++ = tag;
  out = PutVarint(out, bytes.size());
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

size_t FieldSize(std::string_view bytes) { return 1 + VarintSize(bytes.size()) + bytes.size(); }

}  // namespace

char* PutRawLabel(char* at, std::string_view name, std::string_view value) {
  *at++ = kLabel;
  at = PutVarint(at, FieldSize(name) + FieldSize(value));
  at = PutField(at, kName, name);
  return PutField(at, kValue, value);
}

std::string_view WriteRawLabels(std::span<const LabelView> labels, ByteArena& arena) {
  size_t most = 0;
  for (const LabelView& l : labels) most += l.name.size() + l.value.size() + kMaxLabelFraming;
  char* const start = arena.Reserve(most);
  char* at = start;
  for (const LabelView& l : labels) at = PutRawLabel(at, l.name, l.value);
  const auto size = static_cast<size_t>(at - start);
  arena.Take(size);
  return {start, size};
}

}  // namespace tidemark::proto
