#include "tsdb/head/loader.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <utility>

#include "tsdb/base/coding.h"
#include "tsdb/base/log.h"
#include "tsdb/store/meta_records.h"

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

Status Loader::LoadSeries() {
  HeadTenant* tenant = nullptr;
  LabelHash salt;
  const auto load = [&](std::string_view key, std::string_view packed) -> Status {
    TenantId tenant_id;
    SeriesId id;
    if (!DecodeSeriesKey(key, tenant_id, id)) return DataLoss("catalog: a series' key is damaged");
    if (tenant == nullptr || tenant->id != tenant_id) {
      tenant = head_.tenants().Find(tenant_id);
      if (tenant == nullptr) {
        return DataLoss(fmt::format("catalog: series {} of the unknown tenant {}", id, tenant_id));
      }
      salt = TenantSalt(tenant->name);
    }
    auto labels = Labels::FromPacked(packed);
    if (!labels.ok()) {
      return DataLoss(fmt::format("catalog: series {}: {}", id, MessageOf(labels.status())));
    }
    tenant->KeepSeriesId(labels->metric_name(), id);
    const LabelHash hash = HashLabels(packed, salt);
    HeadShard& shard = head_.shard(ShardOf(hash));
    MutexLock lock(shard.mutex);
    HeadSeries& series =
        head_.Create(shard, hash, *tenant, *labels, id, tenant->sealed_bound.load());
    series.SetCatalogued();
    by_id_[{tenant_id, id}] = &series;
    if (++result_.series % kSeriesPerStep != 0) return OkStatus();
    return progress_.Step(fmt::format("loading the catalog: {} series", result_.series));
  };
  return ForEach(store_, Family::kCatalog, std::string_view(&kSeriesPrefix, 1), load);
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
