// What remote write counts about itself.
#pragma once

#include <array>

#include "server/ingest/body_writer.h"
#include "tsdb/base/metrics.h"
#include "tsdb/storage.h"

namespace tidemark::server {

// Threads: any.
class IngestMetrics {
 public:
  // `metrics` must outlive this.
  explicit IngestMetrics(Metrics& metrics);

  void CountBytes(size_t received, size_t decoded);
  void CountRefusals(const Refusals& refusals);
  void CountCommit(const IngestCounts& accepted, const tsdb::CommitReport& report);
  void ObserveSeconds(double seconds) { duration_->Observe(seconds); }

 private:
  Counter* received_bytes_;
  Counter* decoded_bytes_;
  Counter* floats_;
  Counter* histograms_;
  Counter* exemplars_;
  Counter* metadata_;
  Counter* late_;
  Counter* duplicates_;
  Counter* conflicts_;
  Counter* replaced_;
  std::array<Counter*, kRefusalCount> refused_;
  BucketHistogram* duration_;
};

}  // namespace tidemark::server
