#include "tsdb/head/staged.h"

#include <utility>

namespace tidemark::tsdb {
namespace {

// What a thread keeps from commit to commit; a usual one has some 2,000 series.
constexpr size_t kMostKeptSeries = 1 << 14;
constexpr size_t kMostSpare = 1 << 12;
constexpr size_t kMostSpareBytes = 4 << 10;  // of one histogram
constexpr size_t kMostKeptRecord = 4 << 20;

std::unique_ptr<StagedCommit>& Kept() {
  thread_local std::unique_ptr<StagedCommit> kept;
  return kept;
}

size_t VectorBytes(const FloatHistogram& h) {
  return sizeof(double) *
         (h.positive_buckets.capacity() + h.negative_buckets.capacity() +
          h.custom_values.capacity() + h.positive_spans.capacity() + h.negative_spans.capacity());
}

bool IsLarge(const StagedCommit& staged) {
  size_t samples = 0;
  for (const StagedShard& shard : staged.shards) {
    samples += shard.floats.capacity() + shard.histograms.capacity();
  }
  return staged.series.capacity() > kMostKeptSeries || samples > 2 * kMostKeptSeries ||
         staged.starts.capacity() > 2 * kMostKeptSeries ||
         staged.record.SizeBytes() + staged.record_bytes.capacity() > kMostKeptRecord ||
         staged.labels.capacity() > kMostKeptSeries * 64 ||
         staged.states.capacity() > kMostKeptSeries;
}

}  // namespace

std::unique_ptr<StagedCommit> StagedCommit::Make() {
  if (Kept() != nullptr) return std::move(Kept());
  return std::make_unique<StagedCommit>();
}

void StagedCommit::Recycle(std::unique_ptr<StagedCommit> staged) {
  if (IsLarge(*staged)) return;
  staged->tenant.clear();
  staged->labels.clear();
  staged->series.clear();
  for (StagedShard& shard : staged->shards) {
    shard.series.clear();
    shard.floats.clear();
    for (StagedHistogram& sample : shard.histograms) staged->Discard(sample.h);
    shard.histograms.clear();
  }
  staged->starts.clear();
  staged->exemplars.clear();
  staged->metadata.clear();
  staged->states.clear();
  staged->decode = nullptr;
  staged->record.Clear();
  Kept() = std::move(staged);
}

void StagedCommit::Stage(uint32_t ref, uint32_t start, int64_t t, FloatHistogram& h) {
  Use(ref).histograms.push_back({ref, start, t, std::move(h)});
  if (spare.empty()) {
    h = FloatHistogram();
  } else {
    h = std::move(spare.back());
    spare.pop_back();
  }
}

void StagedCommit::Discard(FloatHistogram& h) {
  if (spare.size() < kMostSpare && VectorBytes(h) <= kMostSpareBytes) spare.push_back(std::move(h));
}

}  // namespace tidemark::tsdb
