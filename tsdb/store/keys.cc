#include "tsdb/store/keys.h"

#include <algorithm>
#include <limits>

#include "tsdb/base/coding.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kMaxTime = std::numeric_limits<int64_t>::max();
constexpr int64_t kMinTime = std::numeric_limits<int64_t>::min();

// ceil(a / b) for positive b, without overflow.
int64_t CeilDiv(int64_t a, int64_t b) {
  const int64_t quotient = a / b;  // towards zero: already the ceiling below zero
  return quotient + (a % b > 0 ? 1 : 0);
}

// The end of the interval of this length that `t` is in.
int64_t EndOn(int64_t length, int64_t t) {
  const int64_t number = CeilDiv(t, length);
  return number > kMaxTime / length ? kMaxTime : number * length;
}

void AppendPartition(std::string& out, Partition partition) {
  AppendBigEndian<uint32_t>(out, static_cast<uint32_t>(partition) ^ 0x80000000u);
}

bool ReadPartition(std::string_view& in, Partition& partition) {
  uint32_t flipped;
  if (!ReadBigEndian(in, flipped)) return false;
  partition = static_cast<Partition>(flipped ^ 0x80000000u);
  return true;
}

std::string TaggedKey(char tag, TenantId tenant) {
  std::string key(1, tag);
  AppendBigEndian<uint32_t>(key, tenant);
  return key;
}

bool ReadTag(std::string_view& bytes, char tag) {
  if (bytes.empty() || bytes[0] != tag) return false;
  bytes.remove_prefix(1);
  return true;
}

}  // namespace

int64_t BlockEnd(int64_t t) { return EndOn(kBlockMs, t); }

bool IsNarrowBlockEnd(int64_t block_end) { return EndOn(kNarrowBlockMs, block_end) == block_end; }

int64_t BlockFirst(int64_t block_end) {
  if (block_end == kMaxTime) return kMaxTime / kBlockMs * kBlockMs + 1;
  if (block_end < kMinTime + kBlockMs) return kMinTime;
  return block_end - kBlockMs + 1;
}

Partition PartitionOf(int64_t t) {
  constexpr int64_t kMin = std::numeric_limits<Partition>::min();
  constexpr int64_t kMax = std::numeric_limits<Partition>::max();
  return static_cast<Partition>(std::clamp(CeilDiv(t, kPartitionMs), kMin, kMax));
}

int64_t PartitionFirst(Partition partition) {
  if (partition == std::numeric_limits<Partition>::min()) return kMinTime;
  return PartitionEnd(partition - 1) + 1;
}

int64_t PartitionEnd(Partition partition) {
  if (partition == std::numeric_limits<Partition>::max()) return kMaxTime;
  return int64_t{partition} * kPartitionMs;
}

void AppendTime(std::string& out, int64_t t) {
  AppendBigEndian<uint64_t>(out, static_cast<uint64_t>(t) ^ (uint64_t{1} << 63));
}

bool ReadTime(std::string_view& in, int64_t& t) {
  uint64_t flipped;
  if (!ReadBigEndian(in, flipped)) return false;
  t = static_cast<int64_t>(flipped ^ (uint64_t{1} << 63));
  return true;
}

std::string EncodeRawKey(const RawKey& key) {
  std::string out;
  out.reserve(24);
  AppendPartition(out, key.partition);
  AppendBigEndian<uint32_t>(out, key.tenant);
  AppendBigEndian<uint64_t>(out, key.series);
  AppendTime(out, key.block_end);
  return out;
}

bool DecodeRawKey(std::string_view bytes, RawKey& key) {
  return ReadPartition(bytes, key.partition) && ReadBigEndian(bytes, key.tenant) &&
         ReadBigEndian(bytes, key.series) && ReadTime(bytes, key.block_end) && bytes.empty();
}

std::string RawPartitionKey(Partition partition) {
  std::string out;
  AppendPartition(out, partition);
  return out;
}

std::string RawTenantKey(Partition partition, TenantId tenant) {
  std::string out = RawPartitionKey(partition);
  AppendBigEndian<uint32_t>(out, tenant);
  return out;
}

std::string JournalKey(uint64_t sequence) {
  std::string out;
  AppendBigEndian<uint64_t>(out, sequence);
  return out;
}

bool DecodeJournalKey(std::string_view bytes, uint64_t& sequence) {
  return ReadBigEndian(bytes, sequence) && bytes.empty();
}

std::string TenantKey(TenantId tenant) { return TaggedKey(kTenantPrefix, tenant); }

bool DecodeTenantKey(std::string_view bytes, TenantId& tenant) {
  return ReadTag(bytes, kTenantPrefix) && ReadBigEndian(bytes, tenant) && bytes.empty();
}

std::string SeriesKey(TenantId tenant, SeriesId series) {
  std::string key = TaggedKey(kSeriesPrefix, tenant);
  AppendBigEndian<uint64_t>(key, series);
  return key;
}

bool DecodeSeriesKey(std::string_view bytes, TenantId& tenant, SeriesId& series) {
  return ReadTag(bytes, kSeriesPrefix) && ReadBigEndian(bytes, tenant) &&
         ReadBigEndian(bytes, series) && bytes.empty();
}

std::string SealedKey(TenantId tenant) { return TaggedKey(kSealedPrefix, tenant); }

bool DecodeSealedKey(std::string_view bytes, TenantId& tenant) {
  return ReadTag(bytes, kSealedPrefix) && ReadBigEndian(bytes, tenant) && bytes.empty();
}

std::string ExemplarPartitionKey(Partition partition) {
  std::string key(1, kExemplarPrefix);
  AppendPartition(key, partition);
  return key;
}

std::string ExemplarTenantKey(Partition partition, TenantId tenant) {
  std::string key = ExemplarPartitionKey(partition);
  AppendBigEndian<uint32_t>(key, tenant);
  return key;
}

std::string ExemplarKey(const ExemplarPlace& place, uint64_t hash) {
  std::string key = ExemplarTenantKey(PartitionOf(place.t), place.tenant);
  AppendBigEndian<uint64_t>(key, place.series);
  AppendTime(key, place.t);
  AppendBigEndian<uint64_t>(key, hash);
  return key;
}

bool DecodeExemplarPartition(std::string_view bytes, Partition& partition) {
  return ReadTag(bytes, kExemplarPrefix) && ReadPartition(bytes, partition);
}

bool DecodeExemplarKey(std::string_view bytes, ExemplarPlace& place) {
  Partition partition;
  uint64_t hash;
  return ReadTag(bytes, kExemplarPrefix) && ReadPartition(bytes, partition) &&
         ReadBigEndian(bytes, place.tenant) && ReadBigEndian(bytes, place.series) &&
         ReadTime(bytes, place.t) && ReadBigEndian(bytes, hash) && bytes.empty() &&
         partition == PartitionOf(place.t);
}

std::string MetadataPrefix(TenantId tenant) { return TaggedKey('m', tenant); }

std::string MetadataKey(TenantId tenant, std::string_view metric) {
  std::string key = MetadataPrefix(tenant);
  key.append(metric);
  return key;
}

bool DecodeMetadataKey(std::string_view bytes, TenantId& tenant, std::string_view& metric) {
  if (!ReadTag(bytes, 'm') || !ReadBigEndian(bytes, tenant)) return false;
  metric = bytes;
  return true;
}

std::string StateKey(TenantId tenant, std::string_view key) {
  std::string out = TaggedKey('a', tenant);
  out.append(key);
  return out;
}

bool DecodeStateKey(std::string_view bytes, TenantId& tenant, std::string_view& key) {
  if (!ReadTag(bytes, 'a') || !ReadBigEndian(bytes, tenant)) return false;
  key = bytes;
  return true;
}

std::string TrimKey() { return "j"; }
std::string RetentionKey() { return "r"; }

std::string GoneKey(std::string_view tenant) {
  std::string key(1, kGonePrefix);
  key.append(tenant);
  return key;
}

std::string TenantRetentionKey(std::string_view tenant) {
  std::string key = RetentionKey();
  key.append(tenant);
  return key;
}

}  // namespace tidemark::tsdb
