#include "tsdb/storage.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "tsdb/base/log.h"
#include "tsdb/block/dirty_days.h"
#include "tsdb/block/partitions.h"
#include "tsdb/block/retention.h"
#include "tsdb/head/committer.h"
#include "tsdb/head/deleter.h"
#include "tsdb/head/evictor.h"
#include "tsdb/head/head.h"
#include "tsdb/head/head_appender.h"
#include "tsdb/head/head_stats.h"
#include "tsdb/head/journal.h"
#include "tsdb/head/loader.h"
#include "tsdb/head/maintenance.h"
#include "tsdb/head/sealer.h"
#include "tsdb/head/write_gate.h"
#include "tsdb/index/presence.h"
#include "tsdb/index/series_catalog.h"
#include "tsdb/query/exemplar_query.h"
#include "tsdb/query/find_series.h"
#include "tsdb/query/quality_query.h"
#include "tsdb/query/storage_querier.h"
#include "tsdb/snapshot/snapshot.h"
#include "tsdb/store/fault.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"
#include "tsdb/tier/rollup.h"
#include "tsdb/tier/tier_retention.h"

namespace tidemark::tsdb {
namespace {

// The database's folder, beside what else a shard may come to hold.
constexpr std::string_view kStoreFolder = "/db";
// Which series are in which day, of the days that queries ask for.
constexpr size_t kPresenceCacheBytes = 32 << 20;

class StorageImpl : public Storage {
 public:
  StorageImpl(const StorageOptions& options, Metrics& metrics, std::unique_ptr<Store> store)
      : options_(options),
        metrics_(metrics),
        store_(std::move(store)),
        retention_(
            *store_, partitions_, {options.raw_retention_ms, options.raw_retention_ms_by_tenant},
            [head = head_] { return head->tenants().Names(); },
            [this](Partition day) { return FinishDay(day); }, *options.clock),
        tier_retention_(*store_, partitions_, days_,
                        {options.hour_retention_ms, options.day_retention_ms}, *options.clock),
        rollup_(rollup_options(), *store_, dirty_, metrics) {}
  ~StorageImpl() override { Close().IgnoreError(); }

  Status Start();
  Status LoadPartitions();
  Status Retain();
  Status FinishDay(Partition day);
  void MoveRetentionAtStart();

  std::unique_ptr<Appender> NewAppender(std::string_view tenant) override {
    return std::make_unique<HeadAppender>(*appender_context_, tenant);
  }
  StatusOr<std::unique_ptr<Querier>> NewQuerier(std::string_view tenant, int64_t mint,
                                                int64_t maxt) const override {
    return std::unique_ptr<Querier>(
        std::make_unique<StorageQuerier>(sources(), head_->tenants().Find(tenant), mint, maxt));
  }
  std::map<std::string, Metadata> MetricMetadata(std::string_view tenant) const override {
    const HeadTenant* found = head_->tenants().Find(tenant);
    return found == nullptr ? std::map<std::string, Metadata>() : found->AllMetadata();
  }
  std::vector<std::string> TenantsWithStates() const override {
    std::vector<std::string> out;
    const std::unique_ptr<StoreIterator> it = store_->NewIterator(Family::kMeta);
    for (const HeadTenant* tenant : head_->tenants().All()) {
      const std::string prefix = StateKey(tenant->id, "");
      it->Seek(prefix);
      if (it->Valid() && it->key().starts_with(prefix)) out.push_back(tenant->name);
    }
    return out;
  }
  StatusOr<std::vector<std::pair<std::string, std::string>>> States(
      std::string_view tenant) const override {
    std::vector<std::pair<std::string, std::string>> out;
    const HeadTenant* found = head_->tenants().Find(tenant);
    if (found == nullptr) return out;
    const std::string prefix = StateKey(found->id, "");
    const std::unique_ptr<StoreIterator> it = store_->NewIterator(Family::kMeta);
    for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
      out.emplace_back(it->key().substr(prefix.size()), it->value());
    }
    RETURN_IF_ERROR(it->status());
    return out;
  }
  StatusOr<std::vector<SeriesExemplars>> Exemplars(std::string_view tenant,
                                                   std::span<const Matcher> matchers, int64_t mint,
                                                   int64_t maxt) const override {
    const HeadTenant* found = head_->tenants().Find(tenant);
    if (found == nullptr) return std::vector<SeriesExemplars>();
    return FindExemplars(*store_, *found, matchers, std::max(mint, retention_.mark(tenant)), maxt);
  }
  StatusOr<QualityReport> Quality(std::string_view tenant, std::span<const Matcher> matchers,
                                  int64_t mint, int64_t maxt,
                                  const Cancellation* cancellation) const override {
    const HeadTenant* found = head_->tenants().Find(tenant);
    if (found == nullptr) return QualityReport{maxt, {}};
    return FindQuality(sources(), *found, matchers, {mint, maxt}, cancellation);
  }
  std::vector<TenantStats> Stats() const override { return HeadStats(*head_); }
  StatusOr<LabelCounts> CountLabels(std::string_view tenant, std::span<const Matcher> matchers,
                                    std::span<const std::string> names, size_t top) const override {
    const HeadTenant* found = head_->tenants().Find(tenant);
    if (found == nullptr) return LabelCounts();
    return found->index.CountLabels(matchers, names, top);
  }
  Status WriteHealth() const override { return gate_->Check(); }
  StatusOr<DeleteReport> Delete(std::string_view tenant, std::span<const Matcher> matchers,
                                int64_t mint, int64_t maxt) override {
    HeadTenant* const found = head_->tenants().Find(tenant);
    if (found == nullptr) return DeleteReport();
    return deleter_->Delete(*found, matchers, {mint, maxt});
  }
  Status CleanTombstones() override;
  Status Flush() override;
  StatusOr<std::string> Snapshot() override {
    MutexLock lock(snapshot_mutex_);
    return TakeSnapshot(options_.path, *store_, *journal_, *sealer_, *options_.clock);
  }
  Status Close() override;

 private:
  QuerySources sources() const {
    return {*head_,          *store_,   partitions_, days_,  retention_,
            tier_retention_, presence_, *dirty_,     rollup_};
  }
  RollupOptions rollup_options() const;
  int64_t RawGoneUntil(TenantId tenant) const;
  WriteMode write_mode() const {
    return options_.fsync == FsyncMode::kAlways ? WriteMode::kSync : WriteMode::kNoSync;
  }
  SeriesFinder series_finder() const;
  MaintenanceOptions maintenance_options() const;

  const StorageOptions options_;
  Metrics& metrics_;
  const std::unique_ptr<Store> store_;
  // Shared with the gauges, which live as long as the registry.
  const std::shared_ptr<Head> head_ = std::make_shared<Head>(options_.series_gate);
  PartitionSet partitions_;  // with samples
  PartitionSet days_;        // with samples or aggregates
  RawRetention retention_;
  TierRetention tier_retention_;
  const std::shared_ptr<DirtyDays> dirty_ = std::make_shared<DirtyDays>();
  SeriesCatalog catalog_{*store_};
  Presence presence_{*store_, kPresenceCacheBytes};
  Rollup rollup_;
  // The rest is made by Start, when the journal has been read.
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<WriteGate> gate_;
  std::unique_ptr<Committer> committer_;
  std::unique_ptr<Deleter> deleter_;
  std::unique_ptr<AppenderContext> appender_context_;
  std::unique_ptr<Sealer> sealer_;
  std::unique_ptr<Evictor> evictor_;
  std::unique_ptr<Maintenance> maintenance_;
  Mutex snapshot_mutex_;  // one at a time; before the sealer's
};

SeriesFinder StorageImpl::series_finder() const {
  return [this](const HeadTenant& tenant, std::span<const Matcher> matchers,
                const TimeInterval& times) {
    return FindSeries(*store_, presence_, days_,
                      {tenant, matchers, times.mint, times.maxt, nullptr});
  };
}

// A quarter of the memory is RocksDB's for write buffers, a quarter its cache;
// the head has half.  A seal begins long before: the journal must fit into its
// write buffer until it is trimmed, so as never to be written to a file, and
// bounds the time that a restart takes.
MaintenanceOptions StorageImpl::maintenance_options() const {
  MaintenanceOptions out;
  const uint64_t bytes = std::clamp<uint64_t>(options_.memory_bytes / 16, 4 << 20, 128 << 20);
  out.seal_sample_bytes = static_cast<int64_t>(bytes);
  out.seal_journal_bytes = bytes;
  out.sync_every_ms = options_.fsync == FsyncMode::kInterval ? options_.fsync_interval_ms : 0;
  out.clock = options_.clock;
  return out;
}

int64_t StorageImpl::RawGoneUntil(TenantId tenant) const {
  const HeadTenant* found = head_->tenants().Find(tenant);
  return retention_.Of(found == nullptr ? "" : found->name).gone_until();
}

// No sample of it is taken any more: after a seal, all there will be is in raw.
Status StorageImpl::FinishDay(Partition day) {
  RETURN_IF_ERROR(sealer_->Seal());
  return rollup_.Finish(day);
}

RollupOptions StorageImpl::rollup_options() const {
  return {options_.rollup_open_day_ms, [this](TenantId tenant) { return RawGoneUntil(tenant); },
          options_.clock};
}

Status StorageImpl::LoadPartitions() {
  ASSIGN_OR_RETURN(const auto noted, presence_.Partitions());
  const auto unreadable = static_cast<double>(partitions_.Load(*store_, noted));
  const auto raw_days = partitions_.Get();
  for (const Partition day : noted) {
    const bool has_raw = std::binary_search(raw_days->begin(), raw_days->end(), day);
    if (has_raw || PartitionEnd(day) >= tier_retention_.oldest()) days_.Add(day);
  }
  RETURN_IF_ERROR(dirty_->Load(*store_, *raw_days, options_.clock->NowMs()));
  metrics_.AddGauge("tidemark_storage_unreadable_days",
                    "Days of samples of which the first block could not be read at the start.",
                    [unreadable] { return unreadable; });
  return OkStatus();
}

// One that fails does not keep the other from it.
Status StorageImpl::Retain() {
  Status status = retention_.Advance();
  status.Update(tier_retention_.Advance());
  return status;
}

// What is past retention is not shown from now on; Maintenance drops it.
void StorageImpl::MoveRetentionAtStart() {
  const Status status = retention_.MoveMarks();
  if (status.ok()) return;
  Log(LogLevel::kError, "the retention of samples could not be moved; trying again",
      {{"error", MessageOf(status)}});
}

Status StorageImpl::Start() {
  RETURN_IF_ERROR(retention_.Load());
  RETURN_IF_ERROR(tier_retention_.Load());
  RETURN_IF_ERROR(catalog_.Open());
  RETURN_IF_ERROR(presence_.Open());
  RETURN_IF_ERROR(LoadPartitions());
  ASSIGN_OR_RETURN(const LoadResult loaded, Loader(*store_, *head_, options_.opening).Load());
  store_->DropBefore(Family::kJournal, JournalKey(loaded.journal.first_sequence));
  MoveRetentionAtStart();
  RETURN_IF_ERROR(FaultPoint("open.loaded"));
  journal_ = std::make_unique<Journal>(*store_, write_mode(), loaded.journal.next_sequence);
  RETURN_IF_ERROR(journal_->FillGaps(loaded.journal.gaps));
  RETURN_IF_ERROR(FaultPoint("open.filled"));
  journal_->NoteReplayed(loaded.journal.bytes);
  gate_ = std::make_unique<WriteGate>(WriteGateOptions{options_.path, options_.min_free_disk,
                                                       options_.memory_bytes / 2, options_.clock},
                                      *head_, *store_, *journal_);
  committer_ = std::make_unique<Committer>(*head_, *journal_, *store_, catalog_, options_.conflicts,
                                           metrics_);
  deleter_ = std::make_unique<Deleter>(*head_, *journal_, *store_, series_finder(), metrics_);
  appender_context_ = std::make_unique<AppenderContext>(
      AppenderContext{options_.max_label_names, options_.max_label_name_bytes,
                      options_.max_label_value_bytes, retention_, *gate_, *committer_});
  sealer_ = std::make_unique<Sealer>(*head_, *journal_, *store_,
                                     SealedDays{partitions_, days_, presence_, *dirty_},
                                     *options_.clock, metrics_);
  evictor_ = std::make_unique<Evictor>(*head_, StoredSeries{*store_, catalog_, presence_, days_},
                                       options_.series_idle_ms, *options_.clock, metrics_);
  RETURN_IF_ERROR(evictor_->Advance());
  maintenance_ = std::make_unique<Maintenance>(
      maintenance_options(), *head_, *journal_, *sealer_, [this] { return Retain(); }, *evictor_,
      *store_);
  AddHeadGauges(head_, metrics_);
  AddHeadBudget(head_, options_.memory_bytes / 2, metrics_);
  maintenance_->Start();
  rollup_.Start();
  return OkStatus();
}

Status StorageImpl::Flush() {
  RETURN_IF_ERROR(sealer_->Seal());
  RETURN_IF_ERROR(rollup_.RollUpAll());
  RETURN_IF_ERROR(Retain());
  RETURN_IF_ERROR(evictor_->Advance());
  // Trimmed records that a release of RocksDB's log had brought into tables.
  RETURN_IF_ERROR(store_->Compact(Family::kJournal));
  RETURN_IF_ERROR(store_->MergeTables(Family::kRaw));
  RETURN_IF_ERROR(store_->ReleaseLog());  // with the aggregates
  return store_->MergeTables(Family::kTiers);
}

// Of samples there are traces in the journal, too, and of exemplars in meta.
Status StorageImpl::CleanTombstones() {
  RETURN_IF_ERROR(Flush());
  RETURN_IF_ERROR(FaultPoint("tombstones.sealed"));
  RETURN_IF_ERROR(store_->Compact(Family::kRaw));
  RETURN_IF_ERROR(store_->Compact(Family::kMeta));
  return store_->Compact(Family::kJournal);
}

Status StorageImpl::Close() {
  if (maintenance_ == nullptr) return OkStatus();
  rollup_.Stop();
  maintenance_->Stop();
  maintenance_.reset();
  RETURN_IF_ERROR(journal_->Recover());
  return store_->SyncLog();
}

}  // namespace

namespace {

// What whoever started the server is to do about damage.
Status WithAdvice(const Status& status, const std::string& path) {
  if (status.code() != StatusCode::kDataLoss) return status;
  return DataLoss(fmt::format(
      "{}; restore a snapshot, or salvage what can be read with `tidemark verify {} --repair`",
      MessageOf(status), path));
}

StatusOr<std::unique_ptr<Storage>> OpenStorage(const StorageOptions& options, Metrics& metrics) {
  StoreOptions store_options;
  store_options.path = options.path;
  store_options.path += kStoreFolder;
  store_options.memory_bytes = options.memory_bytes;
  RETURN_IF_ERROR(options.opening.Step("opening the database"));
  ASSIGN_OR_RETURN(std::unique_ptr<Store> store, Store::Open(store_options, metrics));
  auto storage = std::make_unique<StorageImpl>(options, metrics, std::move(store));
  RETURN_IF_ERROR(storage->Start());
  return std::unique_ptr<Storage>(std::move(storage));
}

}  // namespace

StatusOr<std::unique_ptr<Storage>> Storage::Open(const StorageOptions& options, Metrics& metrics) {
  auto storage = OpenStorage(options, metrics);
  if (!storage.ok()) return WithAdvice(storage.status(), options.path);
  return storage;
}

}  // namespace tidemark::tsdb
