// How findings name what they are about.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

// RFC 3339 with milliseconds, or the number where that has no year of four digits.
std::string DescribeTime(int64_t ms);
// "tenant 0, series 4294967338"
std::string DescribeSeries(TenantId tenant, SeriesId series);
// "tenant 0, series 4294967338, block ending 2026-01-31T12:00:00.000Z"
std::string DescribeBlock(const RawKey& key);
// "key 00ff61…", at most 32 bytes of it
std::string DescribeBytes(std::string_view key);

}  // namespace tidemark::tsdb
