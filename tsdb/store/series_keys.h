// Keys by which series are found that are not in memory (tsdb/store/keys.h has
// the others).
//
//   catalog  'h' | tenant <u32> | hash <16 bytes>        a series' id
//            'k'                                         the secret of these hashes
//            'o' | tenant <u32> | ordinal <u32>          a metric whose last series went
//   meta     'p' | partition <u32> | tenant <u32> | ordinal <u32> | hash <u64>
//                                                        series with blocks there
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

inline uint32_t OrdinalOf(SeriesId series) { return static_cast<uint32_t>(series >> 32); }
inline uint32_t CounterOf(SeriesId series) { return static_cast<uint32_t>(series); }
inline SeriesId SeriesIdOf(uint32_t ordinal, uint32_t counter) {
  return (SeriesId{ordinal} << 32) | counter;
}

std::string SeriesHashKey(TenantId tenant, uint64_t high, uint64_t low);
bool DecodeSeriesHashKey(std::string_view bytes, TenantId& tenant);
std::string HashSecretKey();

std::string MetricPrefix(TenantId tenant);
std::string MetricKey(TenantId tenant, uint32_t ordinal);
bool DecodeMetricKey(std::string_view bytes, TenantId& tenant, uint32_t& ordinal);

// What all of one partition begin with, and all of one tenant there.
std::string PresencePrefix(Partition partition);
std::string PresencePrefix(Partition partition, TenantId tenant);
// `hash` is of the value, so that the same series noted twice are there once.
std::string PresenceKey(Partition partition, TenantId tenant, uint32_t ordinal, uint64_t hash);
struct PresenceKeyParts {
  Partition partition = 0;
  TenantId tenant = 0;
  uint32_t ordinal = 0;
};
// Without a partition: says that every block has its presence.
std::string PresenceCompleteKey();
bool DecodePresenceKey(std::string_view bytes, PresenceKeyParts& parts);

}  // namespace tidemark::tsdb
