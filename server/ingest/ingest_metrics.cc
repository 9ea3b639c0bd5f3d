#include "server/ingest/ingest_metrics.h"

namespace tidemark::server {

IngestMetrics::IngestMetrics(Metrics& metrics) {
  received_bytes_ = metrics.AddCounter("tidemark_ingest_received_bytes_total",
                                       "Bytes of bodies written, compressed.");
  decoded_bytes_ = metrics.AddCounter("tidemark_ingest_decoded_bytes_total",
                                      "Bytes of bodies written, decompressed.");
  constexpr const char* kSamples = "tidemark_ingest_samples_total";
  constexpr const char* kSamplesHelp =
      "Samples acknowledged, those that were stored before included.";
  floats_ = metrics.AddCounter(kSamples, kSamplesHelp, {{"type", "float"}});
  histograms_ = metrics.AddCounter(kSamples, kSamplesHelp, {{"type", "histogram"}});
  exemplars_ = metrics.AddCounter("tidemark_ingest_exemplars_total", "Exemplars acknowledged.");
  metadata_ =
      metrics.AddCounter("tidemark_ingest_metadata_total", "Metadata entries acknowledged.");
  late_ = metrics.AddCounter("tidemark_ingest_late_samples_total",
                             "Samples stored that were older than the newest of their series.");
  duplicates_ = metrics.AddCounter("tidemark_ingest_duplicates_total",
                                   "Samples that were stored already, with the same value.");
  conflicts_ = metrics.AddCounter(
      "tidemark_ingest_conflicts_total",
      "Samples not stored because another value was acknowledged first at their time.");
  replaced_ = metrics.AddCounter(
      "tidemark_ingest_replaced_samples_total",
      "Samples that replaced another value at their time, under ingest.conflict: last.");
  for (size_t i = 0; i < kRefusalCount; ++i) {
    refused_[i] = metrics.AddCounter(
        "tidemark_ingest_refused_total", "Samples, exemplars and metadata refused, by reason.",
        {{"reason", std::string(RefusalLabel(static_cast<Refusal>(i)))}});
  }
  // In the order of IngestProtocol.
  constexpr const char* kProtocols[] = {"remote_write_1.0", "remote_write_2.0", "otlp"};
  for (size_t i = 0; i < requests_.size(); ++i) {
    requests_[i] =
        metrics.AddCounter("tidemark_ingest_requests_total", "Requests to write, by protocol.",
                           {{"protocol", kProtocols[i]}});
  }
  duration_ = metrics.AddHistogram("tidemark_ingest_request_duration_seconds",
                                   "From the request's body in memory to its answer.",
                                   {.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5});
}

void IngestMetrics::ObserveRequest(IngestProtocol protocol, double seconds) {
  requests_[static_cast<size_t>(protocol)]->Add();
  duration_->Observe(seconds);
}

void IngestMetrics::CountBytes(size_t received, size_t decoded) {
  received_bytes_->Add(received);
  decoded_bytes_->Add(decoded);
}

void IngestMetrics::CountRefusals(const Refusals& refusals) {
  if (refusals.empty()) return;
  for (size_t i = 0; i < kRefusalCount; ++i) {
    refused_[i]->Add(refusals.count(static_cast<Refusal>(i)));
  }
}

void IngestMetrics::CountCommit(const IngestCounts& accepted, const tsdb::CommitReport& report) {
  floats_->Add(accepted.floats);
  histograms_->Add(accepted.histograms);
  exemplars_->Add(accepted.exemplars);
  metadata_->Add(accepted.metadata);
  late_->Add(report.late);
  duplicates_->Add(report.duplicates);
  conflicts_->Add(report.conflicts.size());
  replaced_->Add(report.replaced);
}

}  // namespace tidemark::server
