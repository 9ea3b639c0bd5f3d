// CRC-32C (Castagnoli, RFC 3720 appendix B.4): the checksum inside RocksDB's
// logs.  What is our own is summed with XXH3 (tsdb/base/checksum.h).
#pragma once

#include <cstdint>
#include <string_view>

namespace tidemark {

uint32_t Crc32c(std::string_view bytes);

}  // namespace tidemark
