#include "proto/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tidemark::proto {
namespace {

bool IsContinuation(uint8_t byte) { return (byte & 0xc0) == 0x80; }

// Bytes in the sequence that `lead` begins; 0 when none begins with it.
size_t SequenceLength(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;  // a continuation, or an overlong form of ASCII
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

// The second byte's narrower range after some lead bytes (RFC 3629, section 4).
bool IsSecondByte(uint8_t lead, uint8_t byte) {
  switch (lead) {
    case 0xe0:
      return byte >= 0xa0 && byte <= 0xbf;
    case 0xed:
      return byte >= 0x80 && byte <= 0x9f;
    case 0xf0:
      return byte >= 0x90 && byte <= 0xbf;
    case 0xf4:
      return byte >= 0x80 && byte <= 0x8f;
    default:
      return IsContinuation(byte);
  }
}

}  // namespace

bool IsAscii(std::string_view bytes) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  const char* at = bytes.data();
  size_t left = bytes.size();
  uint64_t seen = 0;
  for (; left >= 8; left -= 8, at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, at, 8);
    seen |= word;
  }
  uint64_t tail = 0;
  if (left > 0) std::memcpy(&tail, at, left);
  return ((seen | tail) & kHighBits) == 0;
}

bool IsValidUtf8(std::string_view bytes) {
  if (IsAscii(bytes)) return true;
  for (size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<uint8_t>(bytes[i]);
    const size_t length = SequenceLength(lead);
    if (length == 0 || length > bytes.size() - i) return false;
    if (length > 1 && !IsSecondByte(lead, static_cast<uint8_t>(bytes[i + 1]))) return false;
    for (size_t k = 2; k < length; ++k) {
      if (!IsContinuation(static_cast<uint8_t>(bytes[i + k]))) return false;
    }
    i += length;
  }
  return true;
}

}  // namespace tidemark::proto
