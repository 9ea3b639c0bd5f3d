// What crash_writer writes: a function of the writer and the number of the
// commit, so that crash_test knows it from the numbers of what was acknowledged.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "tsdb/head/piece.h"
#include "tsdb/model/labels.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb::crash {

inline constexpr int kWriters = 3;
inline constexpr int kSeriesPerWriter = 20;
inline constexpr int64_t kStartMs = 1'767'225'600'000;
// Wide steps: the load crosses blocks and days within a second.
inline constexpr int64_t kStepMs = 120'000;

// Every third series is of histograms.
inline bool IsHistogram(int series) { return series % 3 == 0; }

inline Labels SeriesLabels(int writer, int series) {
  return Labels::Must({{kMetricName, IsHistogram(series) ? "latency_seconds" : "requests_total"},
                       {"series", std::to_string(series)},
                       {"writer", std::to_string(writer)}});
}

// The one true value of a series at a time.
inline SampleValue ValueAt(int writer, int series, int64_t t) {
  const auto n = static_cast<double>((t / 1000 + 7 * series + 11 * writer) % 100'003);
  if (!IsHistogram(series)) return n / 4;
  FloatHistogram h;
  h.schema = 1;
  h.count = n;
  h.sum = n * 0.25;
  h.positive_spans = {{static_cast<int32_t>(t / kStepMs % 3), 1}};
  h.positive_buckets = {n};
  return h;
}

struct LoadSample {
  int series;
  int64_t t;
};

// One sample of every series, late ones among them; a few series begin later
// than the others.
inline std::vector<LoadSample> CommitSamples(int writer, uint64_t number) {
  std::vector<LoadSample> out;
  const int64_t t = kStartMs + static_cast<int64_t>(number) * kStepMs;
  for (int series = 0; series < kSeriesPerWriter; ++series) {
    if (static_cast<uint64_t>(series) > 5 + number / 20) continue;
    out.push_back({series, t});
    const int64_t steps_back = 3 + (series * 5 + writer) % 200;
    if ((number + static_cast<uint64_t>(series)) % 7 == 0) {
      out.push_back({series, t - steps_back * kStepMs + 1 + writer});
    }
  }
  return out;
}

}  // namespace tidemark::tsdb::crash
