// BodyWriter: one decoded remote-write body into one Appender; what is invalid
// is refused and counted, everything else goes in.
//
//   BodyWriter writer(*appender, now_ms + options.max_future_ms);
//   RETURN_IF_ERROR(writer.Write(body));
//   appender->Commit(); writer.received(); writer.refusals();
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/remote_write.h"
#include "server/ingest/label_reader.h"
#include "server/ingest/refusals.h"
#include "tsdb/storage.h"

namespace tidemark::server {

struct IngestCounts {
  uint64_t floats = 0;
  uint64_t histograms = 0;
  uint64_t exemplars = 0;
  uint64_t metadata = 0;
  uint64_t samples() const { return floats + histograms; }
  uint64_t all() const { return samples() + exemplars + metadata; }
};

// Threads: one.
class BodyWriter {
 public:
  // Refuses what lies after `max_time`, in milliseconds.
  BodyWriter(tsdb::Appender& appender, int64_t max_time)
      : appender_(appender), max_time_(max_time) {}

  // Once.  OK also when some or all of it was refused.
  //   kInvalidArgument  broken protobuf: the Appender must not be committed
  //   or what the Appender said that concerns the whole request (kUnavailable)
  Status Write(std::string_view body);

  const IngestCounts& received() const { return received_; }
  const IngestCounts& accepted() const { return accepted_; }
  const Refusals& refusals() const { return refusals_; }

 private:
  void WriteSeries(const proto::SeriesView& view);
  void WriteSample(const proto::SampleView& sample);
  void WriteHistogram(const proto::HistogramView& histogram);
  void WriteExemplar(const proto::ExemplarView& exemplar);
  void WriteMetadata(const proto::MetadataView& metadata);

  // Whether an item at `t` of the current series may be appended; finds the
  // series for the first one that may, so that refused items create none.
  bool Admit(int64_t t);
  void FindSeries();
  // Counts an item that the Appender did not take, under `reason` if it is the
  // item's fault; otherwise status_ becomes `status`.  True when it was taken.
  bool Taken(const Status& status, Refusal reason);
  void Refuse(Refusal reason, size_t count, std::string_view detail = {});

  tsdb::Appender& appender_;
  const int64_t max_time_;
  LabelReader label_reader_;
  Status status_;  // of the whole request
  IngestCounts received_;
  IngestCounts accepted_;
  Refusals refusals_;

  // Of the current series.
  const proto::SeriesView* view_ = nullptr;
  tsdb::Labels labels_;
  std::optional<tsdb::SeriesRef> series_;
  std::optional<Refusal> series_refusal_;
  std::string series_refusal_detail_;
};

}  // namespace tidemark::server
