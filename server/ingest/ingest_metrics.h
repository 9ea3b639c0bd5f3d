// What the ways in count about themselves.
#pragma once

#include <array>

#include "server/ingest/body_writer.h"
#include "tsdb/base/metrics.h"
#include "tsdb/storage.h"

namespace tidemark::server {

enum class IngestProtocol { kV1, kV2, kOtlp, kCount };

// Threads: any.
class IngestMetrics {
 public:
  // `metrics` must outlive this.
  explicit IngestMetrics(Metrics& metrics);

  void CountBytes(size_t received, size_t decoded);
  void CountRefusals(const Refusals& refusals);
  void CountCommit(const IngestCounts& accepted, const tsdb::CommitReport& report);
  void ObserveRequest(IngestProtocol protocol, double seconds);

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
  std::array<Counter*, static_cast<size_t>(IngestProtocol::kCount)> requests_;
  BucketHistogram* duration_;
};

}  // namespace tidemark::server
