#include "promql/parser/rune.h"

namespace tidemark::promql {
namespace {

bool IsContinuation(unsigned char c) { return (c & 0xC0) == 0x80; }
bool IsSurrogate(Rune rune) { return rune >= 0xD800 && rune < 0xE000; }

struct SequenceShape {
  int width;
  Rune first_bits;  // of the leading byte
  Rune lowest;      // what is below is overlong
};

SequenceShape ShapeOf(unsigned char lead) {
  if ((lead & 0xE0) == 0xC0) return {2, lead & 0x1F, 0x80};
  if ((lead & 0xF0) == 0xE0) return {3, lead & 0x0F, 0x800};
  if ((lead & 0xF8) == 0xF0) return {4, lead & 0x07, 0x10000};
  return {0, 0, 0};
}

}  // namespace

DecodedRune DecodeRune(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const SequenceShape shape = ShapeOf(lead);
  if (shape.width == 0 || static_cast<size_t>(shape.width) > text.size()) return {};
  Rune rune = shape.first_bits;
  for (int i = 1; i < shape.width; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!IsContinuation(c)) return {};
    rune = rune << 6 | (c & 0x3F);
  }
  if (rune < shape.lowest || rune > kMaxRune || IsSurrogate(rune)) return {};
  return {rune, shape.width};
}

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const DecodedRune decoded = DecodeRune(text);
    if (decoded.rune == kRuneError && decoded.width == 1) return false;
    text.remove_prefix(decoded.width);
  }
  return true;
}

void AppendRune(Rune rune, std::string& out) {
  if (rune < 0 || rune > kMaxRune || IsSurrogate(rune)) rune = kRuneError;
  const auto tail = [&out, rune](int shift) {
    out += static_cast<char>(0x80 | (rune >> shift & 0x3F));
  };
  if (rune < 0x80) {
    out += static_cast<char>(rune);
  } else if (rune < 0x800) {
    out += static_cast<char>(0xC0 | rune >> 6);
    tail(0);
  } else if (rune < 0x10000) {
    out += static_cast<char>(0xE0 | rune >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | rune >> 18);
    tail(12), tail(6), tail(0);
  }
}

}  // namespace tidemark::promql
