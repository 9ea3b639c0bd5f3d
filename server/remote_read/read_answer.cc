#include "server/remote_read/read_answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/wire_writer.h"
#include "server/remote_read/prometheus_chunk.h"
#include "tsdb/base/coding.h"
#include "tsdb/base/crc32c.h"

namespace tidemark::server {
namespace {

using proto::WireWriter;

// Of proto/remote.proto.
constexpr int kGaugeHint = 3;

// The samples of `run` that the query asks for.
tsdb::SampleRun Within(const tsdb::SampleRun& run, const ReadQuery& query) {
  const auto from = std::lower_bound(run.t.begin(), run.t.end(), query.start);
  const auto to = std::upper_bound(from, run.t.end(), query.end);
  return run.Part(static_cast<size_t>(from - run.t.begin()), static_cast<size_t>(to - from));
}

// Calls `use` with all runs of series `i` inside the query's range.
template <typename Use>
Status ForEachRun(const SelectedSeries& selected, size_t i, const Cancellation& cancellation,
                  Use use) {
  RETURN_IF_ERROR(cancellation.Check());
  if (selected.query.labels_only) return OkStatus();
  const std::unique_ptr<tsdb::SampleIterator> it = selected.set->Samples(i);
  for (bool more = it->Seek(selected.query.start); more; more = it->Next()) {
    if (it->run().t.front() > selected.query.end) break;
    RETURN_IF_ERROR(use(Within(it->run(), selected.query)));
    RETURN_IF_ERROR(cancellation.Check());
  }
  return it->status();
}

void AppendLabels(const tsdb::Labels& labels, std::string& out) {
  std::string label;
  WireWriter fields(out);
  for (const tsdb::LabelView l : labels) {
    label.clear();
    WireWriter inner(label);
    inner.Bytes(1, l.name);
    inner.Bytes(2, l.value);
    fields.Bytes(1, label);
  }
}

// ---------------------------------------------------------------- SAMPLES

void AppendSpans(uint32_t field, const std::vector<tsdb::BucketSpan>& spans, WireWriter& out) {
  std::string span;
  for (const tsdb::BucketSpan& s : spans) {
    span.clear();
    WireWriter inner(span);
    inner.Zigzag(1, s.offset);
    inner.Varint(2, s.length);
    out.Bytes(field, span);
  }
}

// With float counts whatever they are: readers make floats of all.
void AppendHistogram(int64_t t, const tsdb::FloatHistogram& h, std::string& out) {
  WireWriter fields(out);
  fields.Double(2, h.count);
  fields.Double(3, h.sum);
  fields.Zigzag(4, h.schema);
  fields.Double(5, h.zero_threshold);
  fields.Double(7, h.zero_count);
  AppendSpans(8, h.negative_spans, fields);
  fields.PackedDoubles(10, h.negative_buckets);
  AppendSpans(11, h.positive_spans, fields);
  fields.PackedDoubles(13, h.positive_buckets);
  if (h.counter_reset_hint == tsdb::CounterResetHint::kGauge) fields.Varint(14, kGaugeHint);
  fields.Int64(15, t);
  fields.PackedDoubles(16, h.custom_values);
}

class SamplesEncoder {
 public:
  SamplesEncoder(const ReadLimits& limits, const Cancellation& cancellation)
      : limits_(limits), cancellation_(cancellation) {}

  Status Add(const SelectedSeries& selected) {
    result_.clear();
    for (size_t i = 0; i < selected.set->size(); ++i) {
      series_.clear();
      AppendLabels(selected.set->labels(i), series_);
      RETURN_IF_ERROR(ForEachRun(selected, i, cancellation_,
                                 [this](const tsdb::SampleRun& run) { return AddRun(run); }));
      WireWriter(result_).Bytes(1, series_);
    }
    WireWriter(response_).Bytes(1, result_);
    return OkStatus();
  }

  std::string Take() { return std::move(response_); }

 private:
  Status AddRun(const tsdb::SampleRun& run) {
    samples_ += run.size();
    if (samples_ > limits_.max_samples) {
      return InvalidArgument(fmt::format("exceeded sample limit ({})", limits_.max_samples));
    }
    for (size_t i = 0; i < run.size(); ++i) AddSample(run, i);
    if (response_.size() + result_.size() + series_.size() > limits_.max_bytes) {
      return InvalidArgument(
          fmt::format("the answer is past {} bytes; ask for less, or for STREAMED_XOR_CHUNKS",
                      limits_.max_bytes));
    }
    return OkStatus();
  }

  void AddSample(const tsdb::SampleRun& run, size_t i) {
    sample_.clear();
    if (run.is_float()) {
      WireWriter fields(sample_);
      fields.Double(1, run.v[i]);
      fields.Int64(2, run.t[i]);
      WireWriter(series_).Bytes(2, sample_);
    } else {
      AppendHistogram(run.t[i], run.h[i], sample_);
      WireWriter(series_).Bytes(4, sample_);
    }
  }

  const ReadLimits& limits_;
  const Cancellation& cancellation_;
  uint64_t samples_ = 0;
  std::string response_;
  std::string result_;
  std::string series_;
  std::string sample_;
};

// ---------------------------------------------------------------- STREAMED_XOR_CHUNKS

class ChunkStreamer {
 public:
  ChunkStreamer(size_t frame_bytes, const Cancellation& cancellation, const BodySink& sink)
      : frame_bytes_(frame_bytes), cancellation_(cancellation), sink_(sink) {}

  Status Send(const SelectedSeries& selected, size_t query_index) {
    query_index_ = query_index;
    for (size_t i = 0; i < selected.set->size(); ++i) RETURN_IF_ERROR(SendSeries(selected, i));
    return OkStatus();
  }

 private:
  Status SendSeries(const SelectedSeries& selected, size_t i) {
    labels_.clear();
    AppendLabels(selected.set->labels(i), labels_);
    series_ = labels_;
    ChunkWriter writer([this](const PrometheusChunk& chunk) { AddChunk(chunk); });
    RETURN_IF_ERROR(ForEachRun(selected, i, cancellation_, [&](const tsdb::SampleRun& run) {
      writer.Add(run);
      return gone_ ? Cancelled("the client is gone") : OkStatus();
    }));
    writer.Finish();
    // Of a series without samples nothing is sent, unless that was asked for.
    if (series_.size() > labels_.size() || selected.query.labels_only) SendFrame();
    return gone_ ? Cancelled("the client is gone") : OkStatus();
  }

  void AddChunk(const PrometheusChunk& chunk) {
    chunk_.clear();
    WireWriter fields(chunk_);
    fields.Int64(1, chunk.min_time);
    fields.Int64(2, chunk.max_time);
    fields.Varint(3, static_cast<uint64_t>(chunk.encoding));
    fields.Bytes(4, chunk.data);
    WireWriter(series_).Bytes(2, chunk_);
    if (series_.size() > frame_bytes_) SendFrame();
  }

  void SendFrame() {
    message_.clear();
    WireWriter message(message_);
    message.Bytes(1, series_);
    message.Varint(2, query_index_);
    series_ = labels_;

    frame_.clear();
    WireWriter(frame_).Raw(message_.size());
    AppendBigEndian<uint32_t>(frame_, Crc32c(message_));
    frame_ += message_;
    gone_ = gone_ || !sink_(frame_);
  }

  const size_t frame_bytes_;
  const Cancellation& cancellation_;
  const BodySink& sink_;
  size_t query_index_ = 0;
  bool gone_ = false;
  std::string labels_;  // of the current series
  std::string series_;  // labels, and chunks that were not sent yet
  std::string chunk_;
  std::string message_;
  std::string frame_;
};

}  // namespace

StatusOr<std::string> EncodeSamples(const std::vector<SelectedSeries>& selected,
                                    const ReadLimits& limits, const Cancellation& cancellation) {
  SamplesEncoder encoder(limits, cancellation);
  for (const SelectedSeries& one : selected) RETURN_IF_ERROR(encoder.Add(one));
  return encoder.Take();
}

Status StreamChunks(const std::vector<SelectedSeries>& selected, size_t frame_bytes,
                    const Cancellation& cancellation, const BodySink& sink) {
  ChunkStreamer streamer(frame_bytes, cancellation, sink);
  for (size_t i = 0; i < selected.size(); ++i) RETURN_IF_ERROR(streamer.Send(selected[i], i));
  return OkStatus();
}

}  // namespace tidemark::server
