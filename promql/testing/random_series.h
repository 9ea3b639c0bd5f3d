// Random series for comparing evaluators: counters and gauges, native histograms
// and classic ones, with all that real data has.
//
//   RandomSeries random(seed);
//   const std::vector<SlowSeries> data = random.Next();
//   Load(data, storage);
//
// Counters with resets; gauges with NaN and Inf; histograms of several
// resolutions, custom bounds and zero buckets, hints, gauges among them; series
// that change between floats and histograms; gaps, stale markers, samples exactly
// on whole minutes, start times; info series.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "promql/script/memory_storage.h"
#include "promql/testing/random_expr.h"
#include "promql/testing/slow_evaluator.h"
#include "tsdb/model/random_histogram.h"

namespace tidemark::promql {

// Samples lie within [0, kRandomSeriesEnd].
inline constexpr int64_t kRandomSeriesEnd = 30 * 60'000;

// Names and values that expressions about these series choose from, all features on.
RandomExprOptions ExprsAboutRandomSeries();

// The same for the same seed.  Threads: one.
class RandomSeries {
 public:
  explicit RandomSeries(uint64_t seed) : random_(seed), histograms_(seed) {}

  // Ascending in label order.
  std::vector<SlowSeries> Next();

 private:
  std::vector<int64_t> Times();
  std::vector<SlowPoint> Points(const std::string& metric);
  std::vector<SlowPoint> Counter();
  std::vector<SlowPoint> Gauge();
  std::vector<SlowPoint> Histograms(bool custom, bool any);
  std::vector<SlowPoint> Mixed();
  void AddBuckets(const tsdb::Labels& labels, std::vector<SlowSeries>& out);
  // Stale markers and start times.
  void Finish(std::vector<SlowPoint>& points);
  uint64_t Below(uint64_t n) { return random_() % n; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  std::mt19937_64 random_;
  tsdb::RandomHistograms histograms_;
};

void Load(const std::vector<SlowSeries>& data, MemoryStorage& storage);

}  // namespace tidemark::promql
