#include "tsdb/head/head.h"

#include <utility>

namespace tidemark::tsdb {
namespace {

// Table entry, postings and the allocator's share, beside the series and its
// labels.
constexpr size_t kIndexBytesPerSeries = 200;

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

HeadSeries& Head::Create(HeadShard& shard, const LabelHash& hash, HeadTenant& tenant, Labels labels,
                         SeriesId id, int64_t sealed_bound) {
  const size_t bytes = sizeof(HeadSeries) + labels.packed().size() + kIndexBytesPerSeries;
  HeadSeries& series =
      shard.series.emplace_back(std::move(labels), tenant.id, id, ShardOf(hash), sealed_bound);
  shard.table.emplace(hash, &series);
  shard.series_bytes.fetch_add(static_cast<int64_t>(bytes), std::memory_order_relaxed);
  tenant.index.Add(series);
  return series;
}

std::vector<std::shared_ptr<const Piece>> Head::Snapshot(const HeadSeries& series, int64_t mint,
                                                         int64_t maxt) const {
  MutexLock lock(shards_[series.shard].mutex);
  return series.Snapshot(mint, maxt);
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
