// Checksums of what is stored: XXH3, whose values are frozen since xxHash 0.8.0.
#pragma once

#include <cstdint>
#include <string_view>

namespace tidemark {

uint64_t Checksum64(std::string_view bytes);

// The low half of Checksum64, where four bytes have to do.
inline uint32_t Checksum32(std::string_view bytes) {
  return static_cast<uint32_t>(Checksum64(bytes));
}

}  // namespace tidemark
