#include "tsdb/store/series_keys.h"

#include "tsdb/base/coding.h"

namespace tidemark::tsdb {

std::string SeriesHashKey(TenantId tenant, uint64_t high, uint64_t low) {
  std::string key = "h";
  AppendBigEndian<uint32_t>(key, tenant);
  AppendBigEndian<uint64_t>(key, high);
  AppendBigEndian<uint64_t>(key, low);
  return key;
}

bool DecodeSeriesHashKey(std::string_view bytes, TenantId& tenant) {
  uint64_t high, low;
  if (!bytes.starts_with('h')) return false;
  bytes.remove_prefix(1);
  return ReadBigEndian(bytes, tenant) && ReadBigEndian(bytes, high) && ReadBigEndian(bytes, low) &&
         bytes.empty();
}

std::string HashSecretKey() { return "k"; }

std::string MetricPrefix(TenantId tenant) {
  std::string key = "o";
  AppendBigEndian<uint32_t>(key, tenant);
  return key;
}

std::string MetricKey(TenantId tenant, uint32_t ordinal) {
  std::string key = MetricPrefix(tenant);
  AppendBigEndian<uint32_t>(key, ordinal);
  return key;
}

bool DecodeMetricKey(std::string_view bytes, TenantId& tenant, uint32_t& ordinal) {
  if (!bytes.starts_with('o')) return false;
  bytes.remove_prefix(1);
  return ReadBigEndian(bytes, tenant) && ReadBigEndian(bytes, ordinal) && bytes.empty();
}

std::string PresencePrefix(Partition partition) { return "p" + RawPartitionKey(partition); }

std::string PresencePrefix(Partition partition, TenantId tenant) {
  std::string key = PresencePrefix(partition);
  AppendBigEndian<uint32_t>(key, tenant);
  return key;
}

std::string PresenceKey(Partition partition, TenantId tenant, uint32_t ordinal, uint64_t hash) {
  std::string key = PresencePrefix(partition, tenant);
  AppendBigEndian<uint32_t>(key, ordinal);
  AppendBigEndian<uint64_t>(key, hash);
  return key;
}

std::string PresenceCompleteKey() { return "p"; }

bool DecodePresenceKey(std::string_view bytes, PresenceKeyParts& parts) {
  if (!bytes.starts_with('p')) return false;
  bytes.remove_prefix(1);
  uint32_t flipped;
  uint64_t hash;
  if (!ReadBigEndian(bytes, flipped) || !ReadBigEndian(bytes, parts.tenant) ||
      !ReadBigEndian(bytes, parts.ordinal) || !ReadBigEndian(bytes, hash) || !bytes.empty()) {
    return false;
  }
  // As in RawPartitionKey.
  parts.partition = static_cast<Partition>(flipped ^ 0x80000000u);
  return true;
}

}  // namespace tidemark::tsdb
