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

constexpr uint64_t kSamplesPerProgressLine = 20'000'000;

// Calls use(key, value) for all keys that begin with `prefix`.
template <typename Use>
Status ForEach(const Store& store, Family family, std::string_view prefix, const Use& use) {
  const std::unique_ptr<StoreIterator> it = store.NewIterator(family);
  for (it->Seek(prefix); it->Valid() && it->key().substr(0, prefix.size()) == prefix; it->Next()) {
    RETURN_IF_ERROR(use(it->key(), it->value()));
  }
  return it->status();
}

// More commits than could ever be under way at once.
constexpr uint64_t kMaxGap = 1'000'000;

// Tells from the numbers of the records, and from what each says was written
// before it, whether one is missing that somebody was told is there.
class GapCheck {
 public:
  explicit GapCheck(uint64_t first) : expected_(first) {}

  Status See(uint64_t sequence, uint64_t durable) {
    if (sequence - expected_ > kMaxGap) return Missing(expected_, sequence);
    for (; expected_ < sequence; ++expected_) gaps_.push_back(expected_);
    ++expected_;
    if (gaps_.empty() || durable <= gaps_.front()) return OkStatus();
    return Missing(gaps_.front(), sequence);
  }
  uint64_t expected() const { return expected_; }
  const std::vector<uint64_t>& gaps() const { return gaps_; }

 private:
  static Status Missing(uint64_t sequence, uint64_t witness) {
    return DataLoss(fmt::format(
        "journal record {} is missing, though record {} says that it was written: RocksDB's log "
        "has lost acknowledged samples",
        sequence, witness));
  }

  uint64_t expected_;
  std::vector<uint64_t> gaps_;
};

}  // namespace

StatusOr<LoadResult> Loader::Load() {
  const auto start = std::chrono::steady_clock::now();
  RETURN_IF_ERROR(LoadTenants());
  RETURN_IF_ERROR(LoadSealedBounds());
  RETURN_IF_ERROR(LoadSeries());
  RETURN_IF_ERROR(LoadMetadata());
  RETURN_IF_ERROR(Replay());
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);
  Log(LogLevel::kInfo, "storage loaded",
      {{"series", result_.series}, {"journal_samples", result_.samples}, {"ms", took.count()}});
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
        head_.Create(shard, hash, *tenant, *std::move(labels), id, tenant->sealed_bound.load());
    series.SetCatalogued();
    by_id_[{tenant_id, id}] = &series;
    ++result_.series;
    return OkStatus();
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

Status Loader::Replay() {
  ASSIGN_OR_RETURN(const auto trimmed, store_.Get(Family::kMeta, TrimKey()));
  uint64_t first = 1;
  if (trimmed) {
    std::string_view in = *trimmed;
    if (!ReadBigEndian(in, first)) return DataLoss("the journal's trim mark is damaged");
  }
  GapCheck gaps(first);
  uint64_t next_progress = kSamplesPerProgressLine;
  const auto replay = [&](std::string_view key, std::string_view value) -> Status {
    uint64_t sequence;
    if (!DecodeJournalKey(key, sequence)) return DataLoss("a key of the journal is damaged");
    if (sequence < first) return OkStatus();
    ASSIGN_OR_RETURN(const JournalRecord record, DecodeJournalRecord(sequence, value));
    RETURN_IF_ERROR(gaps.See(sequence, record.durable));
    result_.journal_bytes += key.size() + value.size();
    RETURN_IF_ERROR(Apply(sequence, record));
    if (result_.samples >= next_progress) {
      next_progress += kSamplesPerProgressLine;
      Log(LogLevel::kInfo, "replaying the journal", {{"samples", result_.samples}});
    }
    return OkStatus();
  };
  RETURN_IF_ERROR(ForEach(store_, Family::kJournal, "", replay));
  result_.next_sequence = gaps.expected();
  result_.gaps = gaps.gaps();
  return OkStatus();
}

StatusOr<HeadSeries*> Loader::FindSeries(uint64_t sequence, TenantId tenant,
                                         SeriesId series) const {
  const auto found = by_id_.find({tenant, series});
  if (found != by_id_.end()) return found->second;
  return DataLoss(fmt::format("journal record {}: series {} of tenant {} is not in the catalog",
                              sequence, series, tenant));
}

Status Loader::Apply(uint64_t sequence, const JournalRecord& record) {
  for (const JournalRecord::Float& sample : record.floats) {
    ASSIGN_OR_RETURN(HeadSeries* const series, FindSeries(sequence, record.tenant, sample.series));
    HeadShard& shard = head_.shard(series->shard);
    MutexLock lock(shard.mutex);
    const uint32_t bytes = series->sample_bytes();
    series->ReplayFloat(sample.t, sample.v);
    shard.NoteSamples(*series, bytes);
  }
  for (const JournalRecord::Histogram& sample : record.histograms) {
    ASSIGN_OR_RETURN(HeadSeries* const series, FindSeries(sequence, record.tenant, sample.series));
    HeadShard& shard = head_.shard(series->shard);
    MutexLock lock(shard.mutex);
    const uint32_t bytes = series->sample_bytes();
    series->ReplayHistogram(sample.t, sample.h);
    shard.NoteSamples(*series, bytes);
  }
  result_.samples += record.floats.size() + record.histograms.size();
  return OkStatus();
}

}  // namespace tidemark::tsdb
