#include "server/demo/latency_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tidemark::server {
namespace {

namespace client = io::prometheus::client;

constexpr int kBucketsPerDoubling = 1 << LatencyHistogram::kSchema;

// A gap of up to two buckets is cheaper as empty buckets than as a new span.
constexpr int32_t kMaxGapInSpan = 2;

// Upper bounds of the buckets in (0.5, 1], whose mantissas frexp returns.
std::array<double, kBucketsPerDoubling> MantissaBounds() {
  std::array<double, kBucketsPerDoubling> bounds;
  for (int i = 0; i < kBucketsPerDoubling; ++i) {
    bounds[static_cast<size_t>(i)] = 0.5 * std::exp2(static_cast<double>(i) / kBucketsPerDoubling);
  }
  return bounds;
}

int32_t NativeIndex(double seconds) {
  static const auto bounds = MantissaBounds();
  int exponent = 0;
  const double mantissa = std::frexp(seconds, &exponent);
  const auto bound = std::lower_bound(bounds.begin(), bounds.end(), mantissa);
  return static_cast<int32_t>(bound - bounds.begin()) + (exponent - 1) * kBucketsPerDoubling;
}

size_t ClassicIndex(double seconds) {
  const auto& bounds = LatencyHistogram::kBounds;
  const auto bound = std::lower_bound(bounds.begin(), bounds.end(), seconds);
  return static_cast<size_t>(bound - bounds.begin());
}

// Takes buckets in ascending order and writes them as spans and deltas.
class SpanWriter {
 public:
  explicit SpanWriter(client::Histogram& out) : out_(out) {}

  void Add(int32_t index, uint64_t count) {
    const int32_t gap = index - next_index_;
    if (span_ == nullptr || gap > kMaxGapInSpan) {
      span_ = out_.add_positive_span();
      span_->set_offset(gap);
    } else {
      for (int32_t i = 0; i < gap; ++i) AddToSpan(0);
    }
    AddToSpan(static_cast<int64_t>(count));
    next_index_ = index + 1;
  }

 private:
  void AddToSpan(int64_t count) {
    span_->set_length(span_->length() + 1);
    out_.add_positive_delta(count - last_count_);
    last_count_ = count;
  }

  client::Histogram& out_;
  client::BucketSpan* span_ = nullptr;
  int32_t next_index_ = 0;
  int64_t last_count_ = 0;
};

}  // namespace

void LatencyHistogram::Observe(double seconds, uint64_t times) {
  count_ += times;
  sum_ += seconds * static_cast<double>(times);
  classic_[ClassicIndex(seconds)] += times;
  native_[NativeIndex(seconds)] += times;
}

void LatencyHistogram::SetExemplar(double seconds, int64_t t_ms, std::string trace_id) {
  exemplars_[ClassicIndex(seconds)] = {seconds, t_ms, std::move(trace_id)};
}

void LatencyHistogram::FillClassic(client::Histogram& out) const {
  out.set_sample_count(count_);
  out.set_sample_sum(sum_);
  uint64_t cumulative = 0;
  for (size_t i = 0; i < classic_.size(); ++i) {
    const bool last = i == kBounds.size();
    // +Inf is implied, and written only where it has an exemplar to carry.
    if (last && !exemplars_[i].has_value()) break;
    cumulative += classic_[i];
    client::Bucket* bucket = out.add_bucket();
    bucket->set_upper_bound(last ? std::numeric_limits<double>::infinity() : kBounds[i]);
    bucket->set_cumulative_count(cumulative);
    if (exemplars_[i].has_value()) Fill(*exemplars_[i], *bucket->mutable_exemplar());
  }
}

void LatencyHistogram::FillNative(client::Histogram& out) const {
  out.set_sample_count(count_);
  out.set_sample_sum(sum_);
  out.set_schema(kSchema);
  out.set_zero_threshold(kZeroThreshold);
  SpanWriter spans(out);
  for (const auto& [index, count] : native_) spans.Add(index, count);
}

void LatencyHistogram::FillNativeExemplars(client::Histogram& out) const {
  for (const auto& exemplar : exemplars_) {
    if (exemplar.has_value()) Fill(*exemplar, *out.add_exemplars());
  }
}

void LatencyHistogram::Fill(const Exemplar& from, client::Exemplar& to) {
  client::LabelPair* label = to.add_label();
  label->set_name("trace_id");
  label->set_value(from.trace_id);
  to.set_value(from.seconds);
  to.mutable_timestamp()->set_seconds(from.t_ms / 1000);
  to.mutable_timestamp()->set_nanos(static_cast<int32_t>(from.t_ms % 1000) * 1'000'000);
}

}  // namespace tidemark::server
