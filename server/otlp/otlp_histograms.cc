#include "server/otlp/otlp_histograms.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "server/otlp/otlp_times.h"
#include "tsdb/model/histogram.h"
#include "tsdb/model/sample.h"

namespace tidemark::server {
namespace {

using tsdb::FloatHistogram;

constexpr int32_t kGaugeHint = 3;  // of proto/remote.proto

// What Prometheus assumes where nothing is said.
constexpr double kDefaultZeroThreshold = 1e-128;

// So many empty buckets in a row are cheaper than a span of their own.
constexpr int64_t kMaxGap = 2;

// Buckets in ascending order, as spans and deltas.
class SpanBuilder {
 public:
  SpanBuilder(std::vector<proto::SpanView>& spans, std::vector<int64_t>& deltas)
      : spans_(spans), deltas_(deltas) {}

  // False past 32 bits.
  bool Add(int64_t index, uint64_t count) {
    constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
    if (index > kMost || index < -kMost) return false;
    if (count == 0) return true;
    const int64_t gap = index - next_;
    if (spans_.empty() || gap > kMaxGap) {
      if (gap > kMost || gap < -kMost) return false;
      spans_.push_back({static_cast<int32_t>(gap), 0});
    } else {
      for (int64_t i = 0; i < gap; ++i) Put(0);
    }
    Put(count);
    next_ = index + 1;
    return true;
  }

 private:
  void Put(uint64_t count) {
    ++spans_.back().length;
    deltas_.push_back(static_cast<int64_t>(count - last_));
    last_ = count;
  }

  std::vector<proto::SpanView>& spans_;
  std::vector<int64_t>& deltas_;
  int64_t next_ = 0;
  uint64_t last_ = 0;
};

bool ReadBuckets(const proto::otlp::Buckets& buckets, int shift,
                 std::vector<proto::SpanView>& spans, std::vector<int64_t>& deltas) {
  SpanBuilder builder(spans, deltas);
  const auto index_of = [&](int i) { return ((int64_t{buckets.offset()} + i) >> shift) + 1; };
  uint64_t count = 0;
  for (int i = 0; i < buckets.bucket_counts_size(); ++i) {
    count += buckets.bucket_counts(i);
    const bool last = i + 1 == buckets.bucket_counts_size();
    if (!last && index_of(i + 1) == index_of(i)) continue;
    if (!builder.Add(index_of(i), count)) return false;
    count = 0;
  }
  return true;
}

// What both kinds have.
template <typename Point>
void ReadTotals(const Point& point, bool delta, proto::HistogramView& out) {
  out.Clear();
  out.t = MillisOf(point.time_unix_nano());
  out.start = MillisOf(point.start_time_unix_nano());
  if (delta) out.reset_hint = kGaugeHint;
  if (IsStale(point.flags())) {
    out.sum = tsdb::kStaleNaN;
    return;
  }
  out.count_int = point.count();
  out.sum = point.sum();
}

}  // namespace

Status ReadExponential(const proto::otlp::ExponentialPoint& point, bool delta,
                       proto::HistogramView& out) {
  ReadTotals(point, delta, out);
  if (IsStale(point.flags())) return OkStatus();
  if (point.scale() < FloatHistogram::kMinSchema) {
    return InvalidArgument(
        fmt::format("cannot convert exponential to native histogram. Scale must be >= {}, was {}",
                    FloatHistogram::kMinSchema, point.scale()));
  }
  out.schema = std::min(point.scale(), FloatHistogram::kMaxSchema);
  // Buckets finer than ours, 2^shift of which are one; a shift by 32 and more
  // leaves none or one.
  const int shift = std::min(point.scale() - out.schema, 40);
  out.zero_threshold = point.zero_threshold() > 0 ? point.zero_threshold() : kDefaultZeroThreshold;
  out.zero_count_int = point.zero_count();
  if (!ReadBuckets(point.positive(), shift, out.positive_spans, out.positive_deltas) ||
      !ReadBuckets(point.negative(), shift, out.negative_spans, out.negative_deltas)) {
    return InvalidArgument("bucket indices past 31 bits");
  }
  return OkStatus();
}

Status ReadExplicit(const proto::otlp::HistogramPoint& point, bool delta,
                    proto::HistogramView& out) {
  ReadTotals(point, delta, out);
  if (IsStale(point.flags())) return OkStatus();
  const int bounds = point.explicit_bounds_size();
  const int buckets = point.bucket_counts_size();
  if (buckets != bounds + 1 && !(buckets == 0 && bounds == 0)) {
    return InvalidArgument(fmt::format("{} buckets for {} bounds", buckets, bounds));
  }
  out.schema = FloatHistogram::kCustomBucketsSchema;
  out.custom_values.assign(point.explicit_bounds().begin(), point.explicit_bounds().end());
  SpanBuilder builder(out.positive_spans, out.positive_deltas);
  for (int i = 0; i < buckets; ++i) builder.Add(i, point.bucket_counts(i));
  return OkStatus();
}

}  // namespace tidemark::server
