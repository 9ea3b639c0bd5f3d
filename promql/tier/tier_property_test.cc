// Answers from tiers against those from samples, on random series and queries.
//
//   TIDEMARK_TIER_ROUNDS=5000 build/release/promql_test --gtest_filter='TierProperty*'
//   TIDEMARK_TIER_SEED=7 …       the rounds from that one on

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <random>
#include <string>

#include "promql/engine.h"
#include "promql/testing/random_series.h"
#include "promql/testing/same_answer.h"
#include "tsdb/tier/memory_tiers_for_test.h"

namespace tidemark::promql {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kHour = 60 * kMinute;
constexpr int kQueriesPerRound = 40;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Series of half an hour, made `stretch` times as long: by 60, what was at a whole
// minute is at a whole hour.
std::vector<SlowSeries> Stretched(uint64_t seed, int64_t stretch) {
  std::vector<SlowSeries> data = RandomSeries(seed).Next();
  for (SlowSeries& series : data) {
    for (SlowPoint& point : series.points) {
      point.t *= stretch;
      point.start *= stretch;
    }
  }
  return data;
}

void See(double v, double& largest) {
  if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
}

double LargestOf(const std::vector<SlowSeries>& data) {
  double largest = 0;
  for (const SlowSeries& series : data) {
    for (const SlowPoint& point : series.points) {
      See(point.h == nullptr ? point.f : point.h->sum, largest);
      if (point.h != nullptr) See(point.h->count, largest);
    }
  }
  return largest;
}

class RandomQueries {
 public:
  explicit RandomQueries(uint64_t seed) : random_(seed) {}

  std::string Expr(const std::string& metric) {
    constexpr const char* kFunctions[] = {"rate",
                                          "increase",
                                          "delta",
                                          "count_over_time",
                                          "present_over_time",
                                          "absent_over_time",
                                          "first_over_time",
                                          "last_over_time",
                                          "sum_over_time",
                                          "avg_over_time",
                                          "stddev_over_time",
                                          "stdvar_over_time",
                                          "min_over_time",
                                          "max_over_time",
                                          "ts_of_min_over_time",
                                          "ts_of_max_over_time",
                                          "ts_of_first_over_time",
                                          "ts_of_last_over_time",
                                          "resets",
                                          "changes",
                                          "quantile_over_time"};
    constexpr const char* kRanges[] = {"30m", "1h", "2h", "90m", "5h", "1d", "26h30m", "2d"};
    constexpr const char* kOffsets[] = {"", "", " offset 1h", " offset 17m", " @ 100800"};
    function_ = kFunctions[random_() % std::size(kFunctions)];
    const std::string selector = metric + "[" + kRanges[random_() % std::size(kRanges)] + "]" +
                                 kOffsets[random_() % std::size(kOffsets)];
    if (function_ == "quantile_over_time") return "quantile_over_time(0.5, " + selector + ")";
    return function_ + "(" + selector + ")";
  }

  QueryRequest Request(const std::string& metric) {
    QueryRequest request;
    request.expr = Expr(metric);
    constexpr int64_t kSteps[] = {kMinute, 10 * kMinute, kHour, kHour, 90 * kMinute, 24 * kHour};
    request.start = static_cast<int64_t>(Below(60)) * kHour;
    if (Below(3) == 0) request.start += static_cast<int64_t>(Below(kHour));
    request.end = request.start;
    if (Below(3) > 0) {
      request.step_ms = kSteps[Below(std::size(kSteps))];
      request.end += static_cast<int64_t>(Below(12)) * request.step_ms;
    }
    return request;
  }

  tsdb::MemoryTiersOptions Tiers() {
    tsdb::MemoryTiersOptions options;
    if (Below(2) == 0) options.exact_until = static_cast<int64_t>(Below(60)) * kHour + 7;
    int64_t t = 0;
    for (uint64_t n = Below(4); n > 0; --n) {
      t += static_cast<int64_t>(Below(20 * kHour));
      options.dirty.push_back({t, t + 1 + static_cast<int64_t>(Below(kHour))});
    }
    return options;
  }

  bool squares() const {
    return function_ == "stdvar_over_time" || function_ == "stddev_over_time";
  }
  uint64_t Below(uint64_t n) { return random_() % n; }

 private:
  std::mt19937_64 random_;
  std::string function_;
};

// How many queries were answered from tiers.
uint64_t Compare(uint64_t seed) {
  RandomQueries random(seed);
  const std::vector<SlowSeries> data =
      Stretched(seed, random.Below(3) == 0 ? 7 + static_cast<int64_t>(random.Below(200)) : 120);
  MemoryStorage storage(1 + random.Below(7));
  Load(data, storage);
  const tsdb::MemoryTiers tiered(storage, random.Tiers());
  EngineOptions options;
  options.parser = ExprsAboutRandomSeries().features;
  const Engine engine(options);
  const double largest = LargestOf(data);
  const std::vector<std::string> metrics = ExprsAboutRandomSeries().metrics;
  uint64_t from_tiers = 0;
  for (int i = 0; i < kQueriesPerRound; ++i) {
    QueryRequest request = random.Request(metrics[random.Below(metrics.size())]);
    Cancellation never;
    request.tiers = TierUse::kRaw;
    const StatusOr<QueryResult> want = engine.Execute(request, tiered, never);
    request.tiers = random.Below(4) == 0 ? TierUse::kHour : TierUse::kDay;
    request.explain = Explain::kAnalyze;
    const StatusOr<QueryResult> got = engine.Execute(request, tiered, never);
    if (got.ok() && got->plan != nullptr && !got->plan->children.empty()) {
      from_tiers += got->plan->children.front()->aggs > 0 ? 1 : 0;
    }
    const double scale = random.squares() ? std::max(largest * largest, largest) : largest;
    const std::string difference = Difference(want, got, request.expr, scale);
    if (difference.empty()) continue;
    ADD_FAILURE() << "seed " << seed << ", from " << request.start << " to " << request.end
                  << " step " << request.step_ms << "\n"
                  << request.expr << "\n"
                  << difference;
  }
  return from_tiers;
}

TEST(TierPropertyTest, AnswersAsSamplesDo) {
  const uint64_t first = FromEnvironment("TIDEMARK_TIER_SEED", 1);
  const uint64_t rounds = FromEnvironment("TIDEMARK_TIER_ROUNDS", 150);
  uint64_t from_tiers = 0;
  for (uint64_t seed = first; seed < first + rounds; ++seed) {
    from_tiers += Compare(seed);
    if (HasFailure()) break;
  }
  RecordProperty("from_tiers", static_cast<int>(from_tiers));
  if (!HasFailure()) {
    EXPECT_GT(from_tiers, rounds * kQueriesPerRound / 20);
  }
}

}  // namespace
}  // namespace tidemark::promql
