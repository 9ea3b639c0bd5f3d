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

void AppendPartition(std::string& out, Partition partition) {
  AppendBigEndian<uint32_t>(out, static_cast<uint32_t>(partition) ^ 0x80000000u);
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

int64_t BlockEnd(int64_t t) {
  const int64_t number = CeilDiv(t, kBlockMs);
  return number > kMaxTime / kBlockMs ? kMaxTime : number * kBlockMs;
}

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
  uint32_t partition;
  if (!ReadBigEndian(bytes, partition) || !ReadBigEndian(bytes, key.tenant) ||
      !ReadBigEndian(bytes, key.series) || !ReadTime(bytes, key.block_end) || !bytes.empty()) {
    return false;
  }
  key.partition = static_cast<Partition>(partition ^ 0x80000000u);
  return true;
}

std::string RawPartitionKey(Partition partition) {
  std::string out;
  AppendPartition(out, partition);
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

std::string ExemplarKey(TenantId tenant, SeriesId series, int64_t t, uint64_t hash) {
  std::string key = TaggedKey('e', tenant);
  AppendBigEndian<uint64_t>(key, series);
  AppendTime(key, t);
  AppendBigEndian<uint64_t>(key, hash);
  return key;
}

bool DecodeExemplarTime(std::string_view key, int64_t& t) {
  constexpr size_t kTimeAt = 1 + 4 + 8;
  if (key.size() != kTimeAt + 16 || key[0] != 'e') return false;
  key.remove_prefix(kTimeAt);
  return ReadTime(key, t);
}

std::string MetadataPrefix(TenantId tenant) { return TaggedKey('m', tenant); }

std::string MetadataKey(TenantId tenant, std::string_view metric) {
  std::string key = MetadataPrefix(tenant);
  key.append(metric);
  return key;
}

std::string TrimKey() { return "j"; }
std::string RetentionKey() { return "r"; }

}  // namespace tidemark::tsdb
