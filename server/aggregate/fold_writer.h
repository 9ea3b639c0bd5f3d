// FoldWriter: one tenant's Aggregator, and the only way of its outputs into the
// storage.
//
//   RETURN_IF_ERROR(writer.Take(storage, batch, report));
//
// Points and the state behind them are one commit, so that after a crash, and however
// often senders repeat themselves, each increase is there once.  Requests that come
// while one is written go into the next commit together.  What failed is kept, and
// written before anything else is taken.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "server/aggregate/aggregator.h"
#include "server/aggregate/fold_batch.h"
#include "server/aggregate/fold_metrics.h"
#include "tsdb/base/clock.h"
#include "tsdb/base/mutex.h"
#include "tsdb/base/status.h"
#include "tsdb/storage.h"

namespace tidemark::server {

// Threads: all functions may be called from any thread; always with the same storage.
class FoldWriter {
 public:
  // All of it must outlive this.
  FoldWriter(std::string tenant, const AggregatorOptions& options, FoldMetrics& metrics,
             const Clock& clock)
      : tenant_(std::move(tenant)), metrics_(metrics), clock_(clock), aggregator_(options) {}

  // OK: what the batch shows survives a crash as other samples do; samples that are
  // refused are in the report.
  //   kUnavailable  not for now: send the same again
  Status Take(tsdb::Storage& storage, const FoldBatch& batch, FoldReport& report);

  // Whether an output has these labels.
  StatusOr<bool> Owns(tsdb::Storage& storage, const tsdb::Labels& labels);

  // Once a second: emits what is due, forgets who is idle.
  Status Tick(tsdb::Storage& storage);
  // Before the process ends.
  Status Finish(tsdb::Storage& storage);

  struct Size {
    size_t inputs = 0;
    size_t outputs = 0;
    uint64_t bytes = 0;
  };
  Size size() const;

 private:
  Status LoadLocked(tsdb::Storage& storage) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status WriteRestLocked(tsdb::Storage& storage) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status WriteAppliedLocked(tsdb::Storage& storage) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Status CommitLocked(tsdb::Storage& storage) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CollectLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ApplyLocked(const FoldBatch& batch, FoldReport& report)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string tenant_;
  FoldMetrics& metrics_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::condition_variable changed_;
  bool loaded_ ABSL_GUARDED_BY(mutex_) = false;
  Aggregator aggregator_ ABSL_GUARDED_BY(mutex_);
  int64_t next_sweep_ms_ ABSL_GUARDED_BY(mutex_) = 0;
  // Taken from the Aggregator, and not stored yet.
  FoldChanges changes_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::pair<tsdb::Labels, tsdb::Exemplar>> exemplars_ ABSL_GUARDED_BY(mutex_);
  // Numbers of requests: the newest one that the Aggregator knows of, that is stored,
  // and that a commit failed with.
  uint64_t applied_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t written_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t failed_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t failures_ ABSL_GUARDED_BY(mutex_) = 0;
  Status failure_ ABSL_GUARDED_BY(mutex_);
  bool committing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace tidemark::server
