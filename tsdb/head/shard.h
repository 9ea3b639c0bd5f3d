// HeadShard: a part of all series, under one lock.
//
// Which one a series belongs to follows from its hash.  Series live as long as
// the process, in the order in which they came, so that a sender that repeats
// its order walks through memory in order.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/container/flat_hash_map.h"
#include "tsdb/base/mutex.h"
#include "tsdb/head/head_series.h"
#include "tsdb/index/label_hash.h"

namespace tidemark::tsdb {

inline constexpr size_t kHeadShards = 16;
inline size_t ShardOf(const LabelHash& hash) { return hash.high % kHeadShards; }

struct HeadShard {
  mutable Mutex mutex;
  absl::flat_hash_map<LabelHash, HeadSeries*> table ABSL_GUARDED_BY(mutex);
  std::deque<HeadSeries> series ABSL_GUARDED_BY(mutex);
  // Series with samples that no seal has taken yet; those that wait longest
  // first.
  std::deque<HeadSeries*> unsealed ABSL_GUARDED_BY(mutex);

  // For budgets; read without the lock.
  std::atomic<int64_t> sample_bytes{0};
  std::atomic<int64_t> series_bytes{0};

  HeadSeries* Find(const LabelHash& hash) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    const auto found = table.find(hash);
    return found == table.end() ? nullptr : found->second;
  }

  // To be called after samples were added; `bytes_before` is what
  // sample_bytes() was.
  void NoteSamples(HeadSeries& changed, uint32_t bytes_before)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    NoteBytes(changed, bytes_before);
    if (changed.listed || !changed.has_samples()) return;
    changed.listed = true;
    unsealed.push_back(&changed);
  }
  // After any other change of its samples.
  void NoteBytes(const HeadSeries& changed, uint32_t bytes_before) {
    sample_bytes.fetch_add(int64_t{changed.sample_bytes()} - int64_t{bytes_before},
                           std::memory_order_relaxed);
  }
};

}  // namespace tidemark::tsdb
