// Keys of window aggregates, and of the marks that say which are to be made again
// (tsdb/store/keys.h has the others).
//
//   tiers    tier <u8> | period <i32> | tenant <u32> | series_id <u64> | block_end <i64>
//                                                        a tier block
//            'd' | partition <i32> | tenant <u32> | series_id <u64> | sequence <u64>
//                                                        samples came to, or went from, a day
//            'd' | partition <i32> | 0 <u32> | 0 <u64>   all of a day is to be made
//   meta     'd'                                         every day was made, or has its mark
//            'h' | tier <u8>                             retention mark of the tier
//
// A period is 32 partitions, so that a series' blocks of a month lie together.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

// Months, so to speak: period 1 is of the partitions 1 to 32.
using TierPeriod = int32_t;
inline constexpr int kPartitionsInPeriod = 32;

TierPeriod PeriodOf(Partition partition);
// The last partition of the period; there is none after the last of all.
Partition PeriodEnd(TierPeriod period);

struct TierKey {
  uint8_t tier = 0;  // a Tier (tsdb/tier/tier_reader.h)
  TierPeriod period = 0;
  TenantId tenant = 0;
  SeriesId series = 0;
  int64_t block_end = 0;
  bool operator==(const TierKey&) const = default;
};

// What all blocks of one tier and series in one period begin with.
inline constexpr size_t kTierPrefixBytes = 17;

std::string EncodeTierKey(const TierKey& key);
// False when the bytes are no such key.
bool DecodeTierKey(std::string_view bytes, TierKey& key);
// The first keys of a period of a tier, and of a tenant in it.
std::string TierPeriodKey(uint8_t tier, TierPeriod period);
std::string TierTenantKey(uint8_t tier, TierPeriod period, TenantId tenant);

struct DirtyKey {
  Partition partition = 0;
  TenantId tenant = 0;
  SeriesId series = 0;
  uint64_t sequence = 0;  // of the last journal record that is behind it
  bool operator==(const DirtyKey&) const = default;
};

std::string EncodeDirtyKey(const DirtyKey& key);
bool DecodeDirtyKey(std::string_view bytes, DirtyKey& key);
// What all marks, and all of a partition, begin with.
std::string DirtyPrefix();
std::string DirtyPrefix(Partition partition);
// The mark of all of a day; before the others of the day.  (As long as what blocks
// begin with: RocksDB's prefixes want that of all keys.)
std::string DirtyPartitionKey(Partition partition);
bool DecodeDirtyPartitionKey(std::string_view bytes, Partition& partition);
std::string DirtyCompleteKey();

std::string TierRetentionKey(uint8_t tier);
bool IsTierRetentionKey(std::string_view bytes);

// Which hours of a day: bit h is (day + h hours, day + h + 1 hours].
using HourMask = uint32_t;
inline constexpr HourMask kAllHours = 0xffffff;

// The value of a mark.
struct DirtyHours {
  HourMask hours = 0;
  int64_t marked_ms = 0;  // when; milliseconds since the Unix epoch
};
std::string EncodeDirtyHours(const DirtyHours& dirty);
bool DecodeDirtyHours(std::string_view bytes, DirtyHours& dirty);

}  // namespace tidemark::tsdb
