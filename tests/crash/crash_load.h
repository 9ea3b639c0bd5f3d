// What crash_writer does: a function of the writer and the number of the
// operation, so that crash_test knows it from the numbers of what was
// acknowledged.  An operation that follows itself changes nothing: the one that
// was under way when the process died is done again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/head/piece.h"
#include "tsdb/model/exemplar.h"
#include "tsdb/model/labels.h"
#include "tsdb/model/matcher.h"

namespace tidemark::tsdb::crash {

inline constexpr int kWriters = 3;
inline constexpr int kSeriesPerWriter = 12;
inline constexpr int64_t kStartMs = 1'767'225'600'000;
// Wide steps: the load crosses blocks and days within a second.
inline constexpr int64_t kStepMs = 120'000;
inline constexpr int64_t kRetentionMs = 36 * 3'600'000LL;

// In "last" the last value at a time stays, in "default" the first.
inline std::string_view TenantOf(int writer) { return writer == 2 ? "last" : "default"; }

// Every third series is of histograms.
inline bool IsHistogram(int series) { return series % 3 == 0; }
inline std::string MetricName(int writer, int series) {
  return (IsHistogram(series) ? "latency_seconds_" : "requests_total_") + std::to_string(writer);
}
inline Labels SeriesLabels(int writer, int series) {
  return Labels::Must({{kMetricName, MetricName(writer, series)},
                       {"series", std::to_string(series)},
                       {"writer", std::to_string(writer)}});
}

struct LoadSample {
  int series = 0;
  int64_t t = 0;
  SampleValue value;
  int64_t start = 0;
};

// A commit, or where `matchers` are, a delete.
struct Operation {
  std::vector<LoadSample> samples;
  std::vector<std::pair<int, Exemplar>> exemplars;
  std::optional<std::pair<std::string, Metadata>> metadata;
  std::vector<Matcher> matchers;
  int64_t mint = 0;
  int64_t maxt = 0;
};

inline SampleValue MakeValue(bool histogram, uint64_t n) {
  if (!histogram) return n % 20 == 7 ? kStaleNaN : static_cast<double>(n % 100'003) / 4;
  FloatHistogram h;
  h.schema = n % 50 == 0 ? 0 : 1;
  h.count = static_cast<double>(n % 1000);
  h.sum = h.count * 0.25;
  h.positive_spans = {{static_cast<int32_t>(n % 3), 1}};
  h.positive_buckets = {h.count};
  return h;
}

// The sample that a series has at its time of the operation, late ones apart.
inline LoadSample FreshSample(int writer, int series, uint64_t number) {
  const uint64_t n = number * 31 + static_cast<uint64_t>(series * 7 + writer);
  const int64_t t = kStartMs + static_cast<int64_t>(number) * kStepMs + writer;
  const bool other_type = n % 17 == 0;
  return {series, t, MakeValue(IsHistogram(series) != other_type, n),
          n % 3 == 0 ? t - 5 * kStepMs : 0};
}

// The numbers of random choices are of no other operation.
class OperationMaker {
 public:
  OperationMaker(int writer, uint64_t number)
      : writer_(writer),
        number_(number),
        random_(number * kWriters + static_cast<uint64_t>(writer)) {}

  Operation Make() {
    if (number_ % 7 == 3) return Delete();
    Operation out;
    for (int series = 0; series < kSeriesPerWriter; ++series) {
      // Some begin later than the others.
      if (static_cast<uint64_t>(series) <= 4 + number_ / 10) {
        out.samples.push_back(FreshSample(writer_, series, number_));
      }
    }
    for (uint64_t n = Below(5); n > 0; --n) out.samples.push_back(Late());
    // After a delete, what was deleted is sent again, corrected.
    for (uint64_t n = number_ % 7 == 4 ? 10 : Below(4); n > 0; --n) out.samples.push_back(Again());
    if (number_ % 5 == 0) out.exemplars.emplace_back(1, AnExemplar());
    if (number_ % 11 == 0) {
      out.metadata = {MetricName(writer_, 1),
                      {MetricType::kCounter, "as of " + std::to_string(number_), "requests"}};
    }
    return out;
  }

 private:
  uint64_t Below(uint64_t n) { return random_() % n; }
  int AnySeries() { return static_cast<int>(Below(kSeriesPerWriter)); }
  int64_t Now() const { return kStartMs + static_cast<int64_t>(number_) * kStepMs; }
  int64_t Back(uint64_t steps) { return static_cast<int64_t>(Below(steps * kStepMs)); }

  LoadSample Late() {
    const int series = AnySeries();
    return {series, Now() - Back(400), MakeValue(IsHistogram(series), Below(1000)), 0};
  }
  LoadSample Again() {
    LoadSample out = FreshSample(writer_, AnySeries(), number_ - std::min(number_, 1 + Below(60)));
    if (Below(2) == 0) out.value = MakeValue(IsHistogram(out.series), Below(1000));
    return out;
  }
  Exemplar AnExemplar() {
    return {Labels::Must({{"trace_id", std::to_string(number_)}}), 0.5, Now() - Back(40)};
  }
  Operation Delete() {
    Operation out;
    out.matchers.push_back(Matcher::Equal("writer", std::to_string(writer_)));
    const std::string series = std::to_string(AnySeries());
    if (Below(2) == 0) {
      out.matchers.push_back(Matcher::Equal("series", series));
    } else if (Below(2) == 0) {
      out.matchers.push_back(*Matcher::Make(Matcher::Op::kRegex, "series", series + "|1.?"));
    }
    out.mint = Now() - Back(100);
    out.maxt = Below(6) == 0 ? std::numeric_limits<int64_t>::max() : out.mint + Back(60);
    return out;
  }

  const int writer_;
  const uint64_t number_;
  std::mt19937_64 random_;
};

inline Operation OperationAt(int writer, uint64_t number) {
  return OperationMaker(writer, number).Make();
}

}  // namespace tidemark::tsdb::crash
