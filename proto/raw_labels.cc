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

// memcpy for names and values, most of which have 4 to 32 bytes: two copies of a
// fixed size that overlap in the middle, which the compiler makes four
// instructions of.
template <size_t kSize>
void CopyEnds(char* out, std::string_view bytes) {
  char head[kSize];
  char tail[kSize];
  std::memcpy(head, bytes.data(), kSize);
  std::memcpy(tail, bytes.data() + bytes.size() - kSize, kSize);
  std::memcpy(out, head, kSize);
  std::memcpy(out + bytes.size() - kSize, tail, kSize);
}

char* Copy(char* out, std::string_view bytes) {
  const size_t size = bytes.size();
  if (size >= 16 && size <= 32) {
    CopyEnds<16>(out, bytes);
  } else if (size >= 8 && size < 16) {
    CopyEnds<8>(out, bytes);
  } else if (size >= 4 && size < 8) {
    CopyEnds<4>(out, bytes);
  } else if (size > 0) {
    std::memcpy(out, bytes.data(), size);
  }
  return out + size;
}

char* PutField(char* out, char tag, std::string_view bytes) {
  *out++ = tag;
  return Copy(PutVarint(out, bytes.size()), bytes);
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
