#include "tsdb/head/head.h"

namespace tidemark::tsdb {
namespace {

// A series with its entry in a table that is two thirds full.
constexpr int64_t kBytesPerSeries = sizeof(HeadSeries) + 3 * (sizeof(LabelHash) + 9) / 2;

}  // namespace

// Which lock is held is not a matter of scopes here.
void Head::Walk(const std::function<void(size_t, HeadShard&)>& visit)
    ABSL_NO_THREAD_SAFETY_ANALYSIS {
  for (size_t i = 0; i < kHeadShards; ++i) {
    shards_[i].mutex.Lock();
    if (i > 0) shards_[i - 1].mutex.Unlock();
    visit(i, shards_[i]);
  }
  shards_[kHeadShards - 1].mutex.Unlock();
}

Status Head::Admit(const HeadTenant& tenant, const Labels& labels) {
  return gate_ == nullptr ? OkStatus() : gate_->Admit(tenant.name, labels);
}

void Head::NoteActive(const HeadTenant& tenant, const Labels& labels) {
  if (gate_ != nullptr) gate_->Note(tenant.name, labels);
}

HeadSeries& Head::Create(HeadShard& shard, const LabelHash& hash, HeadTenant& tenant,
                         const Labels& labels, SeriesId id, int64_t sealed_bound) {
  const SeriesIndex::Added added = tenant.index.Add(labels, id);
  HeadSeries& series = shard.series.Add(tenant.id, id, added.ref, ShardOf(hash), sealed_bound);
  series.turn = shard.turn;
  shard.table.emplace(hash, &series);
  shard.series_bytes.fetch_add(kBytesPerSeries + static_cast<int64_t>(added.bytes),
                               std::memory_order_relaxed);
  return series;
}

void Head::Remove(HeadShard& shard, size_t place, HeadTenant& tenant) {
  const HeadSeries& series = *shard.series.At(place);
  const Labels labels = tenant.index.LabelsOf(series.ref);
  shard.table.erase(HashLabels(labels.packed(), TenantSalt(tenant.name)));
  if (gate_ != nullptr) gate_->Forget(tenant.name, labels);
  const size_t index_bytes = tenant.index.Remove(series.ref);
  shard.series_bytes.fetch_sub(kBytesPerSeries + static_cast<int64_t>(index_bytes),
                               std::memory_order_relaxed);
  shard.series.Remove(place);
}

std::vector<std::shared_ptr<const Piece>> Head::Snapshot(const LabelHash& hash, int64_t mint,
                                                         int64_t maxt) const {
  const HeadShard& shard = shards_[ShardOf(hash)];
  MutexLock lock(shard.mutex);
  const HeadSeries* series = shard.Find(hash);
  if (series == nullptr) return {};
  return series->Snapshot(mint, maxt);
}

TimeIntervals Head::Unsealed(const LabelHash& hash) const {
  const HeadShard& shard = shards_[ShardOf(hash)];
  MutexLock lock(shard.mutex);
  const HeadSeries* series = shard.Find(hash);
  return series == nullptr ? TimeIntervals() : series->Unsealed();
}

int64_t Head::sample_bytes() const {
  int64_t sum = 0;
  for (const HeadShard& shard : shards_) sum += shard.sample_bytes.load(std::memory_order_relaxed);
  return sum;
}

int64_t Head::series_bytes() const {
  int64_t sum = 0;
  for (const HeadShard& shard : shards_) sum += shard.series_bytes.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace tidemark::tsdb
