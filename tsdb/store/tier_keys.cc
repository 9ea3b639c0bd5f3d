#include "tsdb/store/tier_keys.h"

#include <algorithm>
#include <limits>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"

namespace tidemark::tsdb {
namespace {

constexpr char kDirtyPrefix = 'd';
constexpr char kTierRetentionPrefix = 'h';

void AppendSigned(std::string& out, int32_t v) {
  AppendBigEndian<uint32_t>(out, static_cast<uint32_t>(v) ^ 0x80000000u);
}

bool ReadSigned(std::string_view& in, int32_t& v) {
  uint32_t flipped;
  if (!ReadBigEndian(in, flipped)) return false;
  v = static_cast<int32_t>(flipped ^ 0x80000000u);
  return true;
}

bool ReadDirtyPartition(std::string_view& bytes, Partition& partition) {
  if (bytes.empty() || bytes[0] != kDirtyPrefix) return false;
  bytes.remove_prefix(1);
  return ReadSigned(bytes, partition);
}

}  // namespace

TierPeriod PeriodOf(Partition partition) {
  const int64_t up = int64_t{partition} + kPartitionsInPeriod - 1;
  return static_cast<TierPeriod>((up - (up & (kPartitionsInPeriod - 1))) / kPartitionsInPeriod);
}

Partition PeriodEnd(TierPeriod period) {
  const int64_t end = int64_t{period} * kPartitionsInPeriod;
  return static_cast<Partition>(std::min<int64_t>(end, std::numeric_limits<Partition>::max()));
}

std::string TierPeriodKey(uint8_t tier, TierPeriod period) {
  std::string out(1, static_cast<char>(tier));
  AppendSigned(out, period);
  return out;
}

std::string TierTenantKey(uint8_t tier, TierPeriod period, TenantId tenant) {
  std::string out = TierPeriodKey(tier, period);
  AppendBigEndian<uint32_t>(out, tenant);
  return out;
}

std::string EncodeTierKey(const TierKey& key) {
  std::string out = TierTenantKey(key.tier, key.period, key.tenant);
  AppendBigEndian<uint64_t>(out, key.series);
  AppendTime(out, key.block_end);
  return out;
}

bool DecodeTierKey(std::string_view bytes, TierKey& key) {
  if (bytes.empty()) return false;
  key.tier = static_cast<uint8_t>(bytes[0]);
  bytes.remove_prefix(1);
  return ReadSigned(bytes, key.period) && ReadBigEndian(bytes, key.tenant) &&
         ReadBigEndian(bytes, key.series) && ReadTime(bytes, key.block_end) && bytes.empty();
}

std::string TierRetentionKey(uint8_t tier) {
  return {kTierRetentionPrefix, static_cast<char>(tier)};
}

bool IsTierRetentionKey(std::string_view bytes) {
  return bytes.size() == 2 && bytes[0] == kTierRetentionPrefix;
}

std::string DirtyCompleteKey() { return {kDirtyPrefix}; }
std::string DirtyPrefix() { return {kDirtyPrefix}; }

std::string DirtyPrefix(Partition partition) {
  std::string out = DirtyPrefix();
  AppendSigned(out, partition);
  return out;
}

std::string DirtyPartitionKey(Partition partition) {
  std::string out = DirtyPrefix(partition);
  out.resize(kTierPrefixBytes);
  return out;
}

bool DecodeDirtyPartitionKey(std::string_view bytes, Partition& partition) {
  const std::string_view whole = bytes;
  return ReadDirtyPartition(bytes, partition) && whole == DirtyPartitionKey(partition);
}

std::string EncodeDirtyKey(const DirtyKey& key) {
  std::string out = DirtyPrefix(key.partition);
  AppendBigEndian<uint32_t>(out, key.tenant);
  AppendBigEndian<uint64_t>(out, key.series);
  AppendBigEndian<uint64_t>(out, key.sequence);
  return out;
}

bool DecodeDirtyKey(std::string_view bytes, DirtyKey& key) {
  return ReadDirtyPartition(bytes, key.partition) && ReadBigEndian(bytes, key.tenant) &&
         ReadBigEndian(bytes, key.series) && ReadBigEndian(bytes, key.sequence) && bytes.empty();
}

std::string EncodeDirtyHours(const DirtyHours& dirty) {
  std::string out;
  AppendVarint(out, dirty.hours);
  AppendZigzag(out, dirty.marked_ms);
  return out;
}

bool DecodeDirtyHours(std::string_view bytes, DirtyHours& dirty) {
  return ReadVarint32(bytes, dirty.hours) && dirty.hours <= kAllHours &&
         ReadZigzag(bytes, dirty.marked_ms) && bytes.empty();
}

}  // namespace tidemark::tsdb
