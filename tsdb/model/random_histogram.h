// Random histograms for property tests.
#pragma once

#include <cstdint>
#include <iterator>
#include <random>
#include <vector>

#include "tsdb/model/histogram.h"
#include "tsdb/model/histogram_bounds.h"

namespace tidemark::tsdb {

// Valid histograms, the same for the same seed: sparse, with empty buckets and
// spans, gaps, negative sides, zero buckets of any width up to the others, whole
// numbers or fractions; or with custom bounds.
class RandomHistograms {
 public:
  explicit RandomHistograms(uint64_t seed) : random_(seed) {}

  FloatHistogram Exponential() {
    FloatHistogram h;
    h.schema = static_cast<int32_t>(Below(6)) - 2;
    h.counter_reset_hint = static_cast<CounterResetHint>(Below(4));
    whole_ = Below(3) > 0;
    h.zero_count = Count();
    const auto first = static_cast<int32_t>(Below(10)) - 6;
    FillSide(h.positive_spans, h.positive_buckets, first);
    if (Below(2) == 0) FillSide(h.negative_spans, h.negative_buckets, first);
    constexpr double kShares[] = {0, 0.001, 0.7, 1};
    h.zero_threshold = kShares[Below(std::size(kShares))] * ExponentialBound(first - 1, h.schema);
    return Totalled(h);
  }

  FloatHistogram Custom() {
    FloatHistogram h;
    h.schema = FloatHistogram::kCustomBucketsSchema;
    whole_ = Below(3) > 0;
    for (const double bound : {-5.0, -1.0, 0.0, 0.5, 1.0, 2.0, 5.0, 10.0}) {
      if (Below(3) > 0) h.custom_values.push_back(bound);
    }
    int32_t gap = 0;
    for (size_t i = 0; i <= h.custom_values.size(); ++i, ++gap) {
      if (Below(3) == 0) continue;
      if (gap > 0 || h.positive_spans.empty()) h.positive_spans.push_back({gap, 0});
      ++h.positive_spans.back().length;
      h.positive_buckets.push_back(Count());
      gap = -1;
    }
    return Totalled(h);
  }

  FloatHistogram Any() { return Below(3) == 0 ? Custom() : Exponential(); }

  // As a later sample of the same counter: no count is smaller.
  FloatHistogram Later(FloatHistogram h) {
    whole_ = h.count == static_cast<double>(static_cast<int64_t>(h.count));
    for (double& bucket : h.positive_buckets) bucket += Count();
    for (double& bucket : h.negative_buckets) bucket += Count();
    if (!h.UsesCustomBuckets()) h.zero_count += Count();
    return Totalled(h);
  }

  uint64_t Below(uint64_t n) { return random_() % n; }

 private:
  double Count() {
    if (Below(4) == 0) return 0;
    return static_cast<double>(Below(50)) + (whole_ ? 0 : static_cast<double>(Below(1000)) / 997);
  }

  void FillSide(std::vector<BucketSpan>& spans, std::vector<double>& buckets, int32_t first) {
    const uint64_t n = Below(4);
    for (uint64_t i = 0; i < n; ++i) {
      const auto gap = static_cast<int32_t>(Below(5));
      spans.push_back({i == 0 ? first + gap : gap, static_cast<uint32_t>(Below(4))});
      for (uint32_t k = 0; k < spans.back().length; ++k) buckets.push_back(Count());
    }
  }

  FloatHistogram Totalled(FloatHistogram h) {
    h.count = h.zero_count;
    for (const double bucket : h.positive_buckets) h.count += bucket;
    for (const double bucket : h.negative_buckets) h.count += bucket;
    h.sum = static_cast<double>(Below(100000)) / 128 - 100;
    return h;
  }

  std::mt19937_64 random_;
  bool whole_ = true;
};

}  // namespace tidemark::tsdb
