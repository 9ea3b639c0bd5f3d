#include "tsdb/head/committer.h"

#include <string>
#include <utility>
#include <vector>

#include "tsdb/base/check.h"
#include "tsdb/base/checksum.h"
#include "tsdb/head/commit_walk.h"
#include "tsdb/head/unknown_series.h"
#include "tsdb/store/fault.h"
#include "tsdb/store/meta_records.h"

namespace tidemark::tsdb {

CommitCounters::CommitCounters(Metrics& metrics)
    : floats(metrics.AddCounter("tidemark_storage_samples_staged_total",
                                "Samples that commits were given, by type.", {{"type", "float"}})),
      histograms(metrics.AddCounter("tidemark_storage_samples_staged_total",
                                    "Samples that commits were given, by type.",
                                    {{"type", "histogram"}})),
      late(metrics.AddCounter("tidemark_storage_late_samples_total",
                              "Samples taken that were older than the newest of their series.")),
      duplicates(metrics.AddCounter("tidemark_storage_duplicate_samples_total",
                                    "Samples that were stored already; they changed nothing.")),
      conflicts(
          metrics.AddCounter("tidemark_storage_conflicting_samples_total",
                             "Samples not taken because another value is stored at their time.")),
      replaced(metrics.AddCounter("tidemark_storage_replaced_samples_total",
                                  "Samples that took the place of another value.")),
      commits(metrics.AddCounter("tidemark_storage_commits_total",
                                 "Commits that were written to the journal.")),
      journal_bytes(metrics.AddCounter("tidemark_storage_journal_bytes_total",
                                       "Bytes of commits: samples, and the catalog's records "
                                       "of new series; without what RocksDB's log adds.")),
      decoded_series(metrics.AddCounter(
          "tidemark_storage_series_decoded_total",
          "Series of requests whose labels were decoded, because they are new or were not sent "
          "sorted; others are found by a hash of what was sent.")),
      revived(metrics.AddCounter("tidemark_storage_series_revived_total",
                                 "Series that came back into memory with a new sample.")),
      unreadable_blocks(metrics.AddCounter(
          "tidemark_storage_unreadable_blocks_total",
          "Sealed blocks that could not be read while looking for duplicates.")) {}

namespace {

void CountStaged(const StagedCommit& staged, const CommitCounters& counters) {
  size_t floats = 0;
  size_t histograms = 0;
  for (const StagedShard& shard : staged.shards) {
    floats += shard.floats.size();
    histograms += shard.histograms.size();
  }
  counters.floats->Add(floats);
  counters.histograms->Add(histograms);
}

// What becomes true of the head once a commit is written.
struct Written {
  HeadTenant* tenant;
  std::vector<HeadSeries*> series;  // new in the catalog
  std::vector<std::pair<std::string, Metadata>> metadata;

  void operator()() const {
    tenant->catalogued.store(true, std::memory_order_release);
    for (HeadSeries* one : series) one->NoteWritten();
    for (const auto& [metric, value] : metadata) tenant->SetMetadata(metric, value);
  }
};

// Looks series up in the catalog whose labels are known and that were not in
// memory; true when there were any.
StatusOr<bool> LookUp(const SeriesCatalog& catalog, TenantId tenant, Counter& revived,
                      StagedCommit& staged) {
  bool any = false;
  for (const StagedShard& shard : staged.shards) {
    for (const uint32_t ref : shard.series) {
      StagedSeries& one = staged.series[ref];
      if (!one.encoded.empty()) continue;
      ASSIGN_OR_RETURN(one.known_id, catalog.Find(tenant, staged.packed_labels(one)));
      one.looked_up = true;
      any = true;
      if (one.known_id) revived.Add();
    }
  }
  return any;
}

// A series that another commit created and has not written yet was found by the
// bytes of its labels, from which it was made.
void KeepLabels(StagedCommit& staged, StagedSeries& one) {
  if (one.encoded.empty()) return;
  const StatusOr<Labels> labels = staged.decode(one.encoded);
  CHECK(labels.ok(), "labels of a series do not decode again");
  staged.SetLabels(one, labels->packed());
}

void PutCatalog(StagedCommit& staged, const SeriesCatalog& catalog, WriteBatch& batch,
                Written& written) {
  const HeadTenant& tenant = *written.tenant;
  if (!tenant.catalogued.load(std::memory_order_acquire)) {
    batch.Put(Family::kCatalog, TenantKey(tenant.id), tenant.name);
  }
  std::vector<const StagedSeries*> added;
  for (StagedSeries& one : staged.series) {
    if (one.series == nullptr || one.series->catalogued()) continue;
    KeepLabels(staged, one);
    added.push_back(&one);
    one.series->Await();
    written.series.push_back(one.series);
  }
  std::vector<SeriesCatalog::Entry> entries;
  entries.reserve(added.size());
  for (const StagedSeries* one : added) {
    entries.push_back({one->series->id, staged.packed_labels(*one)});
  }
  catalog.Put(batch, tenant.id, entries);
}

void PutMeta(StagedCommit& staged, WriteBatch& batch, Written& written) {
  const HeadTenant& tenant = *written.tenant;
  for (const StagedExemplar& one : staged.exemplars) {
    const HeadSeries* const series = staged.series[one.series].series;
    if (series == nullptr) continue;  // refused, or not looked up
    const std::string value = EncodeExemplar(one.exemplar);
    batch.Put(Family::kMeta,
              ExemplarKey({tenant.id, series->id, one.exemplar.t}, Checksum64(value)), value);
  }
  for (auto& [metric, metadata] : staged.metadata) {
    if (!tenant.IsNewMetadata(metric, metadata)) continue;
    batch.Put(Family::kMeta, MetadataKey(tenant.id, metric), EncodeMetadata(metadata));
    written.metadata.emplace_back(std::move(metric), std::move(metadata));
  }
  for (const auto& [key, value] : staged.states) {
    const std::string stored = StateKey(tenant.id, key);
    value ? batch.Put(Family::kMeta, stored, *value) : batch.Delete(Family::kMeta, stored);
  }
}

}  // namespace

StatusOr<CommitReport> Committer::Commit(StagedCommit& staged) {
  CountStaged(staged, counters_);
  CommitReport report;
  HeadTenant& tenant = head_.tenants().FindOrCreate(staged.tenant);
  const ConflictPolicy policy = policies_.Of(staged.tenant);
  SealedLookup sealed(store_, *counters_.unreadable_blocks);
  Journal::Entry entry;
  entry.batch = store_.NewBatch();
  const ActiveCommits::Guard guard(head_.commits());
  StatusOr<bool> absent = false;
  for (bool more = true; more; sealed.Read()) {
    CommitWalk walk(head_, journal_, tenant, policy, staged, sealed, report);
    walk.Run();
    entry.sequences.push_back(walk.sequence());
    staged.record.Finish(tenant.id, walk.sequence(), journal_.durable(), staged.record_bytes);
    entry.batch->Put(Family::kJournal, JournalKey(walk.sequence()), staged.record_bytes);
    // Where it fails, what was taken is written nevertheless.  Those that are
    // decoded now are looked up only if the next walk does not find them.
    absent = LookUp(catalog_, tenant.id, *counters_.revived, staged);
    if (!absent.ok()) break;
    more = *absent;
    more |= DecodeUnknownSeries(staged, *counters_.decoded_series, report);
    more |= CommitWalk::AskForRest(staged, head_, sealed);
  }
  Written written{&tenant, {}, {}};
  PutCatalog(staged, catalog_, *entry.batch, written);
  PutMeta(staged, *entry.batch, written);
  entry.on_written = std::move(written);
  const size_t bytes = entry.batch->size_bytes();
  FaultPoint("commit.applied").IgnoreError();
  RETURN_IF_ERROR(journal_.Write(std::move(entry)));
  FaultPoint("commit.written").IgnoreError();
  counters_.commits->Add();
  counters_.journal_bytes->Add(bytes);
  RETURN_IF_ERROR(absent.status());
  counters_.late->Add(report.late);
  counters_.duplicates->Add(report.duplicates);
  counters_.conflicts->Add(report.conflicts.size());
  counters_.replaced->Add(report.replaced);
  return report;
}

}  // namespace tidemark::tsdb
