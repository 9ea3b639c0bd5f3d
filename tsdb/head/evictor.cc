#include "tsdb/head/evictor.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "tsdb/base/coding.h"
#include "tsdb/head/metadata_purge.h"
#include "tsdb/store/series_keys.h"

namespace tidemark::tsdb {
namespace {

// The idle time is told in turns of a quarter of it.
constexpr uint32_t kIdleTurns = 4;
// Under one hold of a shard's lock: some 50 microseconds.
constexpr size_t kMarkAtOnce = 1024;
constexpr size_t kRemoveAtOnce = 32;
// Series forgotten while commits wait: some milliseconds.
constexpr size_t kForgetAtOnce = 256;

bool MayLeave(const HeadSeries& series) {
  return series.catalogued() && !series.is_awaited() && !series.listed && !series.has_samples();
}

}  // namespace

Evictor::Evictor(Head& head, const StoredSeries& stored, int64_t idle_ms, const Clock& clock,
                 Metrics& metrics)
    : head_(head),
      stored_(stored),
      turn_ms_(idle_ms == 0 ? 0 : std::max<int64_t>(1, idle_ms / kIdleTurns)),
      clock_(clock),
      evicted_(metrics.AddCounter("tidemark_storage_series_evicted_total",
                                  "Series that left the memory because they were idle.")),
      purged_(metrics.AddCounter(
          "tidemark_storage_series_purged_total",
          "Series forgotten because retention has dropped all their samples.")) {}

Status Evictor::Advance() {
  MutexLock lock(mutex_);
  if (turn_ms_ == 0) return OkStatus();
  const auto turn = static_cast<uint32_t>(clock_.NowMs() / turn_ms_);
  if (turn == turn_) return OkStatus();
  Evict(turn);
  turn_ = turn;
  return Purge();
}

// ---------------------------------------------------------------- out of memory

void Evictor::Evict(uint32_t turn) {
  const std::vector<Place> places = Mark(turn);
  if (places.empty()) return;
  // Whoever commits from now on asks the catalog for series that it does not find.
  for (HeadTenant* tenant : head_.tenants().All()) tenant->has_absent.store(true);
  head_.commits().AwaitEarlier();
  Remove(places);
}

std::vector<Evictor::Place> Evictor::Mark(uint32_t turn) {
  std::vector<Place> out;
  for (size_t k = 0; k < kHeadShards; ++k) {
    HeadShard& shard = head_.shard(k);
    for (size_t at = 0, end = 1; at < end;) {
      MutexLock lock(shard.mutex);
      // At the first turn it is not known since when a series is idle.
      if (turn_ == 0) shard.turn = turn;
      end = shard.series.places();
      for (size_t n = 0; n < kMarkAtOnce && at < end; ++n, ++at) {
        HeadSeries* series = shard.series.At(at);
        if (series == nullptr) continue;
        if (turn_ == 0) series->turn = turn;
        if (turn - series->turn <= kIdleTurns || !MayLeave(*series)) continue;
        series->doomed = true;
        out.push_back({k, at});
      }
      shard.turn = turn;
    }
  }
  return out;
}

void Evictor::Remove(const std::vector<Place>& places) {
  for (size_t i = 0; i < places.size();) {
    const size_t k = places[i].shard;
    HeadShard& shard = head_.shard(k);
    MutexLock lock(shard.mutex);
    for (size_t n = 0; n < kRemoveAtOnce && i < places.size() && places[i].shard == k; ++n, ++i) {
      const HeadSeries* series = shard.series.At(places[i].at);
      if (!series->doomed || !MayLeave(*series)) continue;
      HeadTenant& tenant = *head_.tenants().Find(series->tenant);
      // Before it leaves the index: queries look at the mark when it is not there.
      tenant.NoteAbsent(series->sealed_bound());
      head_.Remove(shard, places[i].at, tenant);
      evicted_->Add();
    }
  }
}

// ---------------------------------------------------------------- out of the catalog

Status Evictor::Purge() {
  const auto live = stored_.partitions.Get();
  ASSIGN_OR_RETURN(const auto noted, stored_.presence.Partitions());
  for (const Partition partition : noted) {
    if (!live->empty() && partition >= live->front()) break;
    if (live->empty()) break;  // nothing tells what was dropped from what is new
    RETURN_IF_ERROR(PurgePartition(partition));
  }
  return OkStatus();
}

Status Evictor::PurgePartition(Partition partition) {
  for (HeadTenant* tenant : head_.tenants().All()) {
    ASSIGN_OR_RETURN(const SeriesByMetric gone, OnlyIn(partition, tenant->id));
    RETURN_IF_ERROR(Forget(*tenant, gone));
  }
  return stored_.presence.Drop(partition);
}

StatusOr<SeriesByMetric> Evictor::OnlyIn(Partition partition, TenantId tenant) const {
  ASSIGN_OR_RETURN(const auto in, stored_.presence.Get(partition, tenant));
  SeriesByMetric out = *in;
  ASSIGN_OR_RETURN(const auto noted, stored_.presence.Partitions());
  for (const Partition other : noted) {
    if (other == partition) continue;
    ASSIGN_OR_RETURN(const auto there, stored_.presence.Get(other, tenant));
    for (auto& [ordinal, counters] : out) {
      const auto found = there->find(ordinal);
      if (found != there->end()) counters -= found->second;
    }
  }
  return out;
}

Status Evictor::Forget(HeadTenant& tenant, const SeriesByMetric& series) {
  for (const auto& [ordinal, counters] : series) {
    std::vector<uint32_t> all(counters.cardinality());
    counters.toUint32Array(all.data());
    for (size_t i = 0; i < all.size(); i += kForgetAtOnce) {
      const Roaring some(std::min(kForgetAtOnce, all.size() - i), all.data() + i);
      RETURN_IF_ERROR(ForgetMetric(tenant, ordinal, some));
    }
  }
  return OkStatus();
}

// No commit may find a series in the catalog and bring it back meanwhile.
Status Evictor::ForgetMetric(HeadTenant& tenant, uint32_t ordinal, const Roaring& counters) {
  const ActiveCommits::Pause pause(head_.commits());
  const std::unique_ptr<WriteBatch> batch = stored_.store.NewBatch();
  size_t n = 0;
  for (const uint32_t counter : tenant.index.Missing(ordinal, counters)) {
    const SeriesId id = SeriesIdOf(ordinal, counter);
    ASSIGN_OR_RETURN(const auto packed,
                     stored_.store.Get(Family::kCatalog, SeriesKey(tenant.id, id)));
    if (!packed) continue;
    stored_.catalog.Delete(*batch, tenant.id, id, *packed);
    ++n;
  }
  if (n == 0) return OkStatus();
  // Their numbers are not given again.
  const auto [name, next] = tenant.MetricOf(ordinal);
  std::string value;
  AppendBigEndian<uint32_t>(value, next);
  batch->Put(Family::kCatalog, MetricKey(tenant.id, ordinal), value + name);
  RETURN_IF_ERROR(stored_.store.Write(*batch, WriteMode::kNoSync));
  purged_->Add(n);
  return ForgetMetadata(tenant, name);
}

Status Evictor::ForgetMetadata(HeadTenant& tenant, std::string_view metric) {
  ASSIGN_OR_RETURN(const auto gone, MetadataWithoutSeries(stored_.store, tenant, metric));
  if (gone.empty()) return OkStatus();
  const std::unique_ptr<WriteBatch> batch = stored_.store.NewBatch();
  for (const std::string& family : gone) {
    batch->Delete(Family::kMeta, MetadataKey(tenant.id, family));
  }
  RETURN_IF_ERROR(stored_.store.Write(*batch, WriteMode::kNoSync));
  for (const std::string& family : gone) tenant.RemoveMetadata(family);
  return OkStatus();
}

}  // namespace tidemark::tsdb
