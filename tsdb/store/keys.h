// Keys: how time, tenants and series become bytes that RocksDB keeps in order.
//
//   raw      partition <u32> | tenant <u32> | series_id <u64> | block_end <i64>
//   journal  sequence <u64>
//   catalog  't' | tenant <u32>                      a tenant's name
//            's' | tenant <u32> | series_id <u64>    a series' labels
//   meta     'b' | tenant <u32>                      newest sealed time
//            'm' | tenant <u32> | metric name        metadata
//            'a' | tenant <u32> | key                what a caller keeps (Appender::SetState)
//            'j'                                     sequence the journal is trimmed to
//            'r'                                     retention mark
//            'r' | tenant name                       of a tenant with its own
//            'g', 'g' | tenant name                  up to when raw is gone, of the same
//            'x' | partition <u32> | tenant <u32> | series_id <u64> | t <i64> | hash <u64>
//                                                    exemplar; by partition first, as in raw,
//                                                    so that retention drops ranges
//
// Numbers are big-endian; a signed one has its sign bit flipped, so that byte
// order is numeric order before 1970 too.  docs/formats.md has examples in hex.
//
// Time is cut left-open: a block holds (end - 24 h, end] and is known by its end,
// a partition holds one day the same way.  A sample at exactly midnight belongs to
// the day that ends.  At the far ends of int64 both saturate: the last block ends at
// the largest int64.
//
// A day, because a block's key, header and first values weigh little in it: blocks of
// four hours took 2% more for samples a minute apart (docs/performance.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidemark::tsdb {

// Changing either makes a new format version: keys would mean something else.
inline constexpr int64_t kBlockMs = 24 * 3'600'000LL;
inline constexpr int64_t kPartitionMs = 24 * 3'600'000LL;
static_assert(kPartitionMs % kBlockMs == 0, "a block lies in one partition");
// Up to format 2 (tsdb/store/widen_blocks.h).
inline constexpr int64_t kNarrowBlockMs = 4 * 3'600'000LL;

using TenantId = uint32_t;
// The metric's ordinal in the high 32 bits, so that the series of one metric
// lie together; a counter in the low ones.
using SeriesId = uint64_t;
// Days since 1970, left-open: partition 1 is (1970-01-01T00:00, 1970-01-02T00:00].
using Partition = int32_t;

// The end of the block that `t` belongs to.
int64_t BlockEnd(int64_t t);
// Whether a block of format 2 may end then.
bool IsNarrowBlockEnd(int64_t block_end);
// The first millisecond of the block with this end.
int64_t BlockFirst(int64_t block_end);
// The partition that `t`, or the block with this end, belongs to.
Partition PartitionOf(int64_t t);
// The oldest and the newest time that belong to the partition.
int64_t PartitionFirst(Partition partition);
int64_t PartitionEnd(Partition partition);

struct RawKey {
  Partition partition = 0;
  TenantId tenant = 0;
  SeriesId series = 0;
  int64_t block_end = 0;
  bool operator==(const RawKey&) const = default;
};

// What all blocks of one series in one partition begin with.
inline constexpr size_t kRawPrefixBytes = 16;

std::string EncodeRawKey(const RawKey& key);
inline RawKey RawKeyOf(TenantId tenant, SeriesId series, int64_t block_end) {
  return {PartitionOf(block_end), tenant, series, block_end};
}
// False when the bytes are no such key.
bool DecodeRawKey(std::string_view bytes, RawKey& key);
// The first key of a partition: the end of the one before it.
std::string RawPartitionKey(Partition partition);
// The first key of a tenant in a partition.
std::string RawTenantKey(Partition partition, TenantId tenant);

std::string JournalKey(uint64_t sequence);
bool DecodeJournalKey(std::string_view bytes, uint64_t& sequence);

inline constexpr char kTenantPrefix = 't';
inline constexpr char kSeriesPrefix = 's';
std::string TenantKey(TenantId tenant);
bool DecodeTenantKey(std::string_view bytes, TenantId& tenant);
std::string SeriesKey(TenantId tenant, SeriesId series);
bool DecodeSeriesKey(std::string_view bytes, TenantId& tenant, SeriesId& series);

inline constexpr char kSealedPrefix = 'b';
std::string SealedKey(TenantId tenant);
bool DecodeSealedKey(std::string_view bytes, TenantId& tenant);
inline constexpr char kExemplarPrefix = 'x';
struct ExemplarPlace {
  TenantId tenant = 0;
  SeriesId series = 0;
  int64_t t = 0;
};
// `hash` tells exemplars of one time apart.
std::string ExemplarKey(const ExemplarPlace& place, uint64_t hash);
bool DecodeExemplarKey(std::string_view bytes, ExemplarPlace& place);
// The first keys of a partition, and of a tenant in it.
std::string ExemplarPartitionKey(Partition partition);
std::string ExemplarTenantKey(Partition partition, TenantId tenant);
// The partition that a key of an exemplar begins with; false when it is none.
bool DecodeExemplarPartition(std::string_view bytes, Partition& partition);
std::string MetadataPrefix(TenantId tenant);
std::string MetadataKey(TenantId tenant, std::string_view metric);
bool DecodeMetadataKey(std::string_view bytes, TenantId& tenant, std::string_view& metric);
// StateKey(tenant, "") is what all of a tenant begin with.
std::string StateKey(TenantId tenant, std::string_view key);
bool DecodeStateKey(std::string_view bytes, TenantId& tenant, std::string_view& key);
std::string TrimKey();
std::string RetentionKey();
std::string TenantRetentionKey(std::string_view tenant);
// Up to when raw is gone: of a tenant with a retention of its own, or "".
inline constexpr char kGonePrefix = 'g';
std::string GoneKey(std::string_view tenant);

// A signed number as eight bytes in numeric order, for values too.
void AppendTime(std::string& out, int64_t t);
bool ReadTime(std::string_view& in, int64_t& t);

}  // namespace tidemark::tsdb
