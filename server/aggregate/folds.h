// Folds: the FoldWriters of all tenants, and the clock that drives them.
//
//   Folds folds(options, metrics);
//   folds.Start(storage);
//   RETURN_IF_ERROR(folds.Take("default", *storage(), batch, report));
//   …
//   folds.Stop();     // before the storage is closed
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "server/aggregate/fold_batch.h"
#include "server/aggregate/fold_metrics.h"
#include "server/aggregate/fold_writer.h"
#include "server/sources.h"
#include "tsdb/base/metrics.h"
#include "tsdb/base/mutex.h"
#include "tsdb/storage.h"

namespace tidemark::server {

// Threads: all functions may be called from any thread, Start and Stop once.
class Folds {
 public:
  // `metrics` and `clock` must outlive this; it must outlive what reads `metrics`.
  Folds(const AggregatorOptions& options, Metrics& metrics, const Clock& clock = Clock::System());
  ~Folds();  // as Stop

  // From now on outputs whose inputs fell silent have their points once a second.
  void Start(StorageSource storage);
  // Emits what is for a time that has passed, and ends the thread.
  void Stop();

  // As FoldWriter's.
  Status Take(std::string_view tenant, tsdb::Storage& storage, const FoldBatch& batch,
              FoldReport& report);
  StatusOr<bool> Owns(std::string_view tenant, tsdb::Storage& storage, const tsdb::Labels& labels);

  // Once, of all tenants; what Start does every second.
  void Tick(tsdb::Storage& storage);

 private:
  void Run();
  FoldWriter& Of(std::string_view tenant);
  std::vector<FoldWriter*> All();
  FoldWriter::Size Size();

  const AggregatorOptions options_;
  const Clock& clock_;
  FoldMetrics metrics_;
  StorageSource storage_;

  Mutex mutex_;
  std::map<std::string, std::unique_ptr<FoldWriter>, std::less<>> writers_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace tidemark::server
