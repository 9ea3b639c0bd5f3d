#include "tsdb/head/deleter.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/head/exemplar_delete.h"
#include "tsdb/store/fault.h"
#include "tsdb/store/journal_record.h"

namespace tidemark::tsdb {
namespace {

bool ExcludesEmpty(const Matcher& matcher) { return !matcher.MatchesEmpty(); }

Status Check(std::span<const Matcher> matchers, const TimeInterval& times) {
  if (std::none_of(matchers.begin(), matchers.end(), ExcludesEmpty)) {
    return InvalidArgument("a delete needs a matcher that does not match the empty value");
  }
  if (times.mint > times.maxt) return InvalidArgument("the end lies before the start");
  return OkStatus();
}

std::vector<SeriesId> IdsOf(std::span<const IndexedSeries> series) {
  std::vector<SeriesId> out;
  for (const IndexedSeries& one : series) out.push_back(one.id);
  std::sort(out.begin(), out.end());
  return out;
}

struct Target {
  LabelHash hash;
  const IndexedSeries* series;
};
// By shard: what is to be looked for under its lock.
using Targets = std::array<std::vector<Target>, kHeadShards>;

Targets TargetsOf(std::span<const IndexedSeries> series, std::string_view tenant) {
  const LabelHash salt = TenantSalt(tenant);
  Targets out;
  for (const IndexedSeries& one : series) {
    const LabelHash hash = HashLabels(one.labels.packed(), salt);
    out[ShardOf(hash)].push_back({hash, &one});
  }
  return out;
}

// One that is not in memory comes back, to hold its cut until the next seal.
HeadSeries& FindOrRevive(Head& head, HeadShard& shard, HeadTenant& tenant, const Target& target)
    ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex) {
  if (HeadSeries* const found = shard.FindAndKeep(target.hash)) return *found;
  head.NoteActive(tenant, target.series->labels);
  HeadSeries& series = head.Create(shard, target.hash, tenant, target.series->labels,
                                   target.series->id, tenant.sealed_bound.load());
  series.SetCatalogued();
  return series;
}

}  // namespace

Deleter::Deleter(Head& head, Journal& journal, Store& store, SeriesFinder find, Metrics& metrics)
    : head_(head),
      journal_(journal),
      store_(store),
      find_(std::move(find)),
      series_(metrics.AddCounter("tidemark_storage_deleted_series_total",
                                 "Series that deletes applied to; one counts for each delete.")) {}

StatusOr<DeleteReport> Deleter::Delete(HeadTenant& tenant, std::span<const Matcher> matchers,
                                       TimeInterval times) {
  RETURN_IF_ERROR(Check(matchers, times));
  // A cut begins after a time, and there is none before the smallest.
  times.mint = std::max(times.mint, std::numeric_limits<int64_t>::min() + 1);
  if (times.mint > times.maxt) return DeleteReport();
  // Until the end: what is found must not be forgotten meanwhile.
  const ActiveCommits::Guard guard(head_.commits());
  ASSIGN_OR_RETURN(const auto series, find_(tenant, matchers, times));
  if (series.empty()) return DeleteReport();
  Journal::Entry entry;
  entry.batch = store_.NewBatch();
  RETURN_IF_ERROR(DeleteExemplars(store_, tenant.id, IdsOf(series), times, *entry.batch));
  // No commit begins before what failed is written: a delete no more than that.
  RETURN_IF_ERROR(journal_.Recover());

  const Targets targets = TargetsOf(series, tenant.name);
  DeletedSamples deleted{times, {}};
  uint64_t sequence = 0;
  head_.Walk([&](size_t k, HeadShard& shard) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (k == 0) sequence = journal_.Begin();
    for (const Target& target : targets[k]) {
      HeadSeries& one = FindOrRevive(head_, shard, tenant, target);
      const uint32_t before = one.sample_bytes();
      one.Delete(deleted.times);
      shard.NoteSamples(one, before);
      deleted.series.push_back(one.id);
    }
  });
  std::sort(deleted.series.begin(), deleted.series.end());
  entry.sequences.push_back(sequence);
  entry.batch->Put(Family::kJournal, JournalKey(sequence),
                   EncodeDelete(deleted, tenant.id, sequence, journal_.durable()));
  FaultPoint("delete.applied").IgnoreError();
  RETURN_IF_ERROR(journal_.Write(std::move(entry)));
  FaultPoint("delete.written").IgnoreError();
  series_->Add(deleted.series.size());
  return DeleteReport{deleted.series.size()};
}

}  // namespace tidemark::tsdb
