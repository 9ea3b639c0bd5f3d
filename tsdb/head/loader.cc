#include "tsdb/head/loader.h"

#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "tsdb/base/coding.h"
#include "tsdb/base/log.h"
#include "tsdb/head/journaled_series.h"
#include "tsdb/store/meta_records.h"
#include "tsdb/store/series_keys.h"

namespace tidemark::tsdb {
namespace {

constexpr uint64_t kSeriesPerStep = 65'536;

// Calls use(key, value) for all keys that begin with `prefix`.
template <typename Use>
Status ForEach(const Store& store, Family family, std::string_view prefix, const Use& use) {
  const std::unique_ptr<StoreIterator> it = store.NewIterator(family);
  for (it->Seek(prefix); it->Valid() && it->key().substr(0, prefix.size()) == prefix; it->Next()) {
    RETURN_IF_ERROR(use(it->key(), it->value()));
  }
  return it->status();
}

}  // namespace

StatusOr<LoadResult> Loader::Load() {
  const auto start = std::chrono::steady_clock::now();
  RETURN_IF_ERROR(LoadTenants());
  RETURN_IF_ERROR(LoadSealedBounds());
  RETURN_IF_ERROR(LoadMetrics());
  RETURN_IF_ERROR(LoadSeries());
  RETURN_IF_ERROR(LoadMetadata());
  ASSIGN_OR_RETURN(result_.journal, JournalReplay(store_, head_, by_id_, progress_).Run());
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);
  Log(LogLevel::kInfo, "storage loaded",
      {{"series", result_.series},
       {"journal_samples", result_.journal.samples},
       {"ms", took.count()}});
  by_id_.clear();
  return result_;
}

Status Loader::LoadTenants() {
  return ForEach(store_, Family::kCatalog, std::string_view(&kTenantPrefix, 1),
                 [this](std::string_view key, std::string_view name) -> Status {
                   TenantId id;
                   if (!DecodeTenantKey(key, id))
                     return DataLoss("catalog: a tenant's key is damaged");
                   head_.tenants().Load(id, name);
                   return OkStatus();
                 });
}

Status Loader::LoadSealedBounds() {
  for (HeadTenant* tenant : head_.tenants().All()) {
    ASSIGN_OR_RETURN(const auto stored, store_.Get(Family::kMeta, SealedKey(tenant->id)));
    if (!stored) continue;
    std::string_view in = *stored;
    int64_t bound;
    if (!ReadTime(in, bound)) return DataLoss("the mark of what is sealed is damaged");
    tenant->sealed_bound.store(bound);
  }
  return OkStatus();
}

// One look at the first and the last series of each metric.
Status Loader::LoadMetrics() {
  const std::unique_ptr<StoreIterator> it = store_.NewIterator(Family::kCatalog);
  for (HeadTenant* tenant : head_.tenants().All()) {
    RETURN_IF_ERROR(LoadForgottenMetrics(*tenant));
    it->Seek(SeriesKey(tenant->id, 0));
    TenantId owner;
    SeriesId id;
    while (it->Valid() && DecodeSeriesKey(it->key(), owner, id) && owner == tenant->id) {
      ASSIGN_OR_RETURN(const Labels labels, ReadLabels(id, it->value()));
      const uint32_t ordinal = OrdinalOf(id);
      const SeriesId largest = SeriesIdOf(ordinal, std::numeric_limits<uint32_t>::max());
      it->SeekForPrev(SeriesKey(tenant->id, largest));
      if (!it->Valid() || !DecodeSeriesKey(it->key(), owner, id)) break;
      tenant->LoadMetric(labels.metric_name(), ordinal, CounterOf(id) + 1);
      tenant->has_absent.store(true);
      it->Seek(SeriesKey(tenant->id, largest) + '\0');
    }
    RETURN_IF_ERROR(it->status());
    // What is not loaded was sealed before.
    tenant->NoteAbsent(tenant->sealed_bound.load());
  }
  return OkStatus();
}

Status Loader::LoadForgottenMetrics(HeadTenant& tenant) {
  const auto load = [&tenant](std::string_view key, std::string_view value) -> Status {
    TenantId owner;
    uint32_t ordinal, next;
    if (!DecodeMetricKey(key, owner, ordinal) || !ReadBigEndian(value, next)) {
      return DataLoss("catalog: the record of a metric is damaged");
    }
    tenant.LoadMetric(value, ordinal, next);
    return OkStatus();
  };
  return ForEach(store_, Family::kCatalog, MetricPrefix(tenant.id), load);
}

StatusOr<Labels> Loader::ReadLabels(SeriesId id, std::string_view packed) {
  auto labels = Labels::FromPacked(packed);
  if (labels.ok()) return labels;
  return DataLoss(fmt::format("catalog: series {}: {}", id, MessageOf(labels.status())));
}

// In the order of the catalog.  A series that it does not have is the replay's
// to report.
Status Loader::LoadSeries() {
  ASSIGN_OR_RETURN(const auto journaled, FindJournaledSeries(store_));
  const std::unique_ptr<StoreIterator> it = store_.NewIterator(Family::kCatalog);
  for (const auto& [tenant_id, metrics] : journaled) {
    HeadTenant* const tenant = head_.tenants().Find(tenant_id);
    if (tenant == nullptr) continue;
    const std::map<uint32_t, Roaring> sorted(metrics.begin(), metrics.end());
    for (const auto& [ordinal, counters] : sorted) {
      for (const uint32_t counter : counters) {
        RETURN_IF_ERROR(LoadOne(*it, *tenant, SeriesIdOf(ordinal, counter)));
      }
    }
  }
  return it->status();
}

Status Loader::LoadOne(StoreIterator& it, HeadTenant& tenant, SeriesId id) {
  const std::string want = SeriesKey(tenant.id, id);
  // The next one, mostly.
  if (it.Valid() && it.key() < want) it.Next();
  if (!it.Valid() || it.key() != want) it.Seek(want);
  if (!it.Valid() || it.key() != want) return it.status();
  ASSIGN_OR_RETURN(const Labels labels, ReadLabels(id, it.value()));
  const LabelHash hash = HashLabels(labels.packed(), TenantSalt(tenant.name));
  HeadShard& shard = head_.shard(ShardOf(hash));
  MutexLock lock(shard.mutex);
  head_.NoteActive(tenant, labels);
  HeadSeries& series = head_.Create(shard, hash, tenant, labels, id, tenant.sealed_bound.load());
  series.SetCatalogued();
  by_id_[{tenant.id, id}] = &series;
  if (++result_.series % kSeriesPerStep != 0) return OkStatus();
  return progress_.Step(fmt::format("loading the catalog: {} series", result_.series));
}

Status Loader::LoadMetadata() {
  for (HeadTenant* tenant : head_.tenants().All()) {
    const std::string prefix = MetadataPrefix(tenant->id);
    const auto load = [&](std::string_view key, std::string_view value) -> Status {
      ASSIGN_OR_RETURN(const Metadata metadata, DecodeMetadata(value));
      tenant->SetMetadata(key.substr(prefix.size()), metadata);
      return OkStatus();
    };
    RETURN_IF_ERROR(ForEach(store_, Family::kMeta, prefix, load));
  }
  return OkStatus();
}

}  // namespace tidemark::tsdb
