#include "server/ingest/histogram_reader.h"

#include <utility>

namespace tidemark::server {
namespace {

// Histogram.ResetHint of proto/remote.proto.
constexpr int32_t kGaugeHint = 3;

void ReadSpans(const std::vector<proto::SpanView>& spans, std::vector<tsdb::BucketSpan>& out) {
  out.clear();
  out.reserve(spans.size());
  for (const proto::SpanView& s : spans) out.push_back({s.offset, s.length});
}

Status AddDeltas(const std::vector<int64_t>& deltas, std::vector<double>& out) {
  int64_t count = 0;
  out.clear();
  out.reserve(deltas.size());
  for (const int64_t delta : deltas) {
    if (__builtin_add_overflow(count, delta, &count)) {
      return InvalidArgument("a bucket count does not fit in 64 bits");
    }
    out.push_back(static_cast<double>(count));
  }
  return OkStatus();
}

Status ReadBuckets(const proto::HistogramView& view, tsdb::FloatHistogram& h) {
  if (view.is_float) {
    h.positive_buckets = view.positive_counts;
    h.negative_buckets = view.negative_counts;
    return OkStatus();
  }
  RETURN_IF_ERROR(AddDeltas(view.positive_deltas, h.positive_buckets));
  return AddDeltas(view.negative_deltas, h.negative_buckets);
}

// Schemas that senders may use and we keep at the finest we know.
constexpr int32_t kMaxWireSchema = 52;

bool SpansHold(const std::vector<tsdb::BucketSpan>& spans, size_t buckets) {
  uint64_t held = 0;
  for (const tsdb::BucketSpan& s : spans) held += s.length;
  return held == buckets;
}

Status ReduceToKnownSchema(tsdb::FloatHistogram& h) {
  if (h.schema <= tsdb::FloatHistogram::kMaxSchema || h.schema > kMaxWireSchema) return OkStatus();
  if (!SpansHold(h.positive_spans, h.positive_buckets.size()) ||
      !SpansHold(h.negative_spans, h.negative_buckets.size())) {
    return InvalidArgument("spans and buckets disagree");
  }
  return h.ReduceResolution(tsdb::FloatHistogram::kMaxSchema);
}

}  // namespace

Status ReadHistogram(const proto::HistogramView& view, tsdb::FloatHistogram& h) {
  h.counter_reset_hint = view.reset_hint == kGaugeHint ? tsdb::CounterResetHint::kGauge
                                                       : tsdb::CounterResetHint::kUnknown;
  h.schema = view.schema;
  h.zero_threshold = view.zero_threshold;
  h.zero_count =
      view.is_float_zero ? view.zero_count_float : static_cast<double>(view.zero_count_int);
  h.count = view.is_float ? view.count_float : static_cast<double>(view.count_int);
  h.sum = view.sum;
  ReadSpans(view.positive_spans, h.positive_spans);
  ReadSpans(view.negative_spans, h.negative_spans);
  h.custom_values = view.custom_values;
  RETURN_IF_ERROR(ReadBuckets(view, h));
  RETURN_IF_ERROR(ReduceToKnownSchema(h));
  RETURN_IF_ERROR(h.Validate());
  return view.is_float ? OkStatus() : h.ValidateIntegerCount();
}

}  // namespace tidemark::server
