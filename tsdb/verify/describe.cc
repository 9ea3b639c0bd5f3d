#include "tsdb/verify/describe.h"

#include <fmt/format.h>

#include <ctime>

namespace tidemark::tsdb {

std::string DescribeTime(int64_t ms) {
  constexpr int64_t kYear10000 = 253'402'300'800'000;
  if (ms < 0 || ms >= kYear10000) return fmt::format("{} ms", ms);
  const std::time_t seconds = ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
  return fmt::format("{}.{:03}Z", text, ms % 1000);
}

std::string DescribeSeries(TenantId tenant, SeriesId series) {
  return fmt::format("tenant {}, series {}", tenant, series);
}

std::string DescribeBlock(const RawKey& key) {
  return fmt::format("{}, block ending {}", DescribeSeries(key.tenant, key.series),
                     DescribeTime(key.block_end));
}

std::string DescribeBytes(std::string_view key) {
  constexpr size_t kMost = 32;
  std::string out = "key ";
  for (const char c : key.substr(0, kMost)) out += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return key.size() > kMost ? out + "…" : out;
}

}  // namespace tidemark::tsdb
