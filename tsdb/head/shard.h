// HeadShard: a part of all series, under one lock.
//
// Which one a series belongs to follows from its hash.  Series that have been
// idle for long leave (tsdb/head/evictor.h).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/container/flat_hash_map.h"
#include "tsdb/base/mutex.h"
#include "tsdb/head/head_series.h"
#include "tsdb/head/series_slab.h"
#include "tsdb/index/label_hash.h"

namespace tidemark::tsdb {

inline constexpr size_t kHeadShards = 16;
inline size_t ShardOf(const LabelHash& hash) { return hash.high % kHeadShards; }

struct HeadShard {
  mutable Mutex mutex;
  absl::flat_hash_map<LabelHash, HeadSeries*> table ABSL_GUARDED_BY(mutex);
  SeriesSlab series ABSL_GUARDED_BY(mutex);
  // Series with samples that no seal has taken yet; those that wait longest
  // first.
  std::deque<HeadSeries*> unsealed ABSL_GUARDED_BY(mutex);

  // Of the evictor: how it tells since when a series had no samples.
  uint32_t turn ABSL_GUARDED_BY(mutex) = 0;

  // For budgets; read without the lock, changed under it.
  std::atomic<int64_t> sample_bytes{0};
  std::atomic<int64_t> series_bytes{0};

  HeadSeries* Find(const LabelHash& hash) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    const auto found = table.find(hash);
    return found == table.end() ? nullptr : found->second;
  }

  // The same for a commit, which is going to use the series without the lock,
  // too: it must not leave.
  HeadSeries* FindAndKeep(const LabelHash& hash) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    HeadSeries* const found = Find(hash);
    if (found != nullptr) found->doomed = false;
    return found;
  }

  // To be called after samples were added; `bytes_before` is what
  // sample_bytes() was.
  void NoteSamples(HeadSeries& changed, uint32_t bytes_before)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    NoteBytes(changed, bytes_before);
    changed.turn = turn;
    if (changed.listed || !changed.has_samples()) return;
    changed.listed = true;
    unsealed.push_back(&changed);
  }
  // After any other change of its samples.
  void NoteBytes(const HeadSeries& changed, uint32_t bytes_before)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    const int64_t bytes = sample_bytes.load(std::memory_order_relaxed);
    sample_bytes.store(bytes + changed.sample_bytes() - bytes_before, std::memory_order_relaxed);
  }
};

}  // namespace tidemark::tsdb
