// What remote write counts about itself.
#pragma once

#include <array>

#include "server/ingest/body_writer.h"
#include "server/ingest/content_headers.h"
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
  void ObserveRequest(WriteMessage message, double seconds);

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
  Counter* v1_requests_;
  Counter* v2_requests_;
  BucketHistogram* duration_;
};

}  // namespace tidemark::server
