#include "tsdb/index/series_catalog.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "tsdb/base/coding.h"
#include "tsdb/store/series_keys.h"

namespace tidemark::tsdb {

Status SeriesCatalog::Open() {
  static_assert(kSecretBytes >= XXH3_SECRET_SIZE_MIN, "xxHash refuses shorter secrets");
  ASSIGN_OR_RETURN(const auto stored, store_.Get(Family::kCatalog, HashSecretKey()));
  return stored ? ReadSecret(*stored) : MakeSecret();
}

Status SeriesCatalog::ReadSecret(std::string_view stored) {
  if (stored.size() != kSecretBytes) {
    return DataLoss(fmt::format("catalog: the secret of hashes has {} bytes, want {}",
                                stored.size(), kSecretBytes));
  }
  std::copy(stored.begin(), stored.end(), secret_.begin());
  return OkStatus();
}

Status SeriesCatalog::MakeSecret() {
  std::random_device device;
  for (uint8_t& byte : secret_) byte = static_cast<uint8_t>(device());
  const std::unique_ptr<WriteBatch> batch = store_.NewBatch();
  RETURN_IF_ERROR(HashStoredSeries(*batch));
  batch->Put(Family::kCatalog, HashSecretKey(),
             std::string_view(reinterpret_cast<const char*>(secret_.data()), secret_.size()));
  return store_.Write(*batch, WriteMode::kSync);
}

Status SeriesCatalog::HashStoredSeries(WriteBatch& batch) const {
  const std::unique_ptr<StoreIterator> it = store_.NewIterator(Family::kCatalog);
  TenantId tenant;
  SeriesId id;
  it->Seek(std::string_view(&kSeriesPrefix, 1));
  for (; it->Valid() && DecodeSeriesKey(it->key(), tenant, id); it->Next()) {
    Entry entry{id, it->value()};
    Put(batch, tenant, std::span(&entry, 1));
  }
  return it->status();
}

std::string SeriesCatalog::KeyOf(TenantId tenant, std::string_view packed) const {
  const XXH128_hash_t hash =
      XXH3_128bits_withSecret(packed.data(), packed.size(), secret_.data(), secret_.size());
  return SeriesHashKey(tenant, hash.high64, hash.low64);
}

void SeriesCatalog::Put(WriteBatch& batch, TenantId tenant, std::span<Entry> series) const {
  std::sort(series.begin(), series.end(),
            [](const Entry& a, const Entry& b) { return a.id < b.id; });
  std::vector<std::pair<std::string, SeriesId>> by_hash;
  by_hash.reserve(series.size());
  for (const Entry& one : series) {
    batch.Put(Family::kCatalog, SeriesKey(tenant, one.id), one.packed);
    by_hash.emplace_back(KeyOf(tenant, one.packed), one.id);
  }
  std::sort(by_hash.begin(), by_hash.end());
  std::string value;
  for (const auto& [key, id] : by_hash) {
    value.clear();
    AppendBigEndian<uint64_t>(value, id);
    batch.Put(Family::kCatalog, key, value);
  }
}

void SeriesCatalog::Delete(WriteBatch& batch, TenantId tenant, SeriesId id,
                           std::string_view packed) const {
  batch.Delete(Family::kCatalog, SeriesKey(tenant, id));
  batch.Delete(Family::kCatalog, KeyOf(tenant, packed));
}

StatusOr<std::optional<SeriesId>> SeriesCatalog::Find(TenantId tenant,
                                                      std::string_view packed) const {
  ASSIGN_OR_RETURN(const auto stored, store_.Get(Family::kCatalog, KeyOf(tenant, packed)));
  if (!stored) return std::optional<SeriesId>();
  std::string_view in = *stored;
  SeriesId id;
  if (!ReadBigEndian(in, id) || !in.empty()) {
    return DataLoss("catalog: the id of a series is damaged");
  }
  return std::optional<SeriesId>(id);
}

}  // namespace tidemark::tsdb
