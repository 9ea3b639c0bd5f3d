#include "promql/eval/histogram_stats.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "promql/script/memory_storage.h"
#include "promql/testing/query_harness.h"
#include "tsdb/model/sample.h"

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;

FloatHistogram Of(std::vector<double> buckets) {
  FloatHistogram h;
  for (const double b : buckets) h.count += b;
  h.sum = h.count;
  h.positive_spans = {{0, static_cast<uint32_t>(buckets.size())}};
  h.positive_buckets = std::move(buckets);
  return h;
}

FloatHistogram StaleMarker() {
  FloatHistogram h;
  h.sum = tsdb::kStaleNaN;
  return h;
}

// "4?" is a histogram with a count of 4 and an unknown hint; R and N are resets,
// S is a stale marker, f a float.
std::string Text(const tsdb::SampleRun& run) {
  constexpr char kHints[] = "?RNG";
  std::string text;
  for (size_t i = 0; i < run.size(); ++i) {
    if (run.is_float()) {
      text += "f ";
    } else if (run.h[i].IsStale()) {
      text += "S ";
    } else {
      EXPECT_TRUE(run.h[i].positive_buckets.empty());
      text += std::to_string(static_cast<int>(run.h[i].count)) +
              kHints[static_cast<int>(run.h[i].counter_reset_hint)] + " ";
    }
  }
  return text;
}

// Of samples at 0, 10, …, read from `start` on, then from `seek`.
std::string Hints(size_t max_run, int64_t start, int64_t lead_ms, int64_t seek) {
  QueryHarness q(max_run);
  q.LoadHistograms({{"__name__", "h"}}, 0, 10,
                   {Of({1, 1}), Of({2, 2}), Of({2, 3}), Of({5, 1}), StaleMarker(), Of({5, 2}),
                    Of({0, 1}), Of({1, 1})});
  const auto querier = q.storage.NewQuerier("", 0, 1000);
  const auto matcher = tsdb::Matcher::Equal("__name__", "h");
  auto set = (*querier)->Select({&matcher, 1}, {});
  const auto stats = WithoutBuckets(*std::move(set), start, lead_ms);
  const auto it = stats->Samples(0);
  std::string text;
  if (seek > 0 && it->Next()) {
    text = Text(it->run()).substr(0, 3) + "| ";
    if (it->Seek(seek)) text += Text(it->run());
  }
  while (it->Next()) text += Text(it->run());
  return text;
}

TEST(HistogramStatsTest, HintsComeFromTheSampleBefore) {
  for (const size_t max_run : {1, 2, 3, 100}) {
    SCOPED_TRACE(max_run);
    EXPECT_EQ(Hints(max_run, 0, 0, 0), "2? 4N 5N 6R S 7N 1R 2N ");
    EXPECT_EQ(Hints(max_run, 20, 0, 0), "5? 6R S 7N 1R 2N ");
    EXPECT_EQ(Hints(max_run, 20, 15, 0), "5N 6R S 7N 1R 2N ") << "one before is known";
    EXPECT_EQ(Hints(max_run, 60, 15, 0), "1? 2N ") << "a reset there is not said";
    EXPECT_EQ(Hints(max_run, 35, 15, 0), "S 7N 1R 2N ");
    EXPECT_EQ(Hints(max_run, 100, 15, 0), "");
  }
  EXPECT_EQ(Hints(1, 0, 0, 50), "2? | 7? 1R 2N ");
  EXPECT_EQ(Hints(1, 0, 20, 50), "2? | 7N 1R 2N ");
}

TEST(HistogramStatsTest, OnlyWhereNoBucketIsAskedFor) {
  QueryHarness q;
  q.LoadHistograms({{"__name__", "h"}, {"n", "1"}}, 0, 10, {Of({1, 1}), Of({0, 1}), Of({1, 1})});
  q.LoadHistograms({{"__name__", "h"}, {"n", "2"}}, 0, 10, {Of({1, 1}), Of({1, 2}), Of({0, 1})});
  const std::string collide =
      "PromQL warning: conflicting counter resets during histogram aggregation";
  const struct {
    const char* expr;
    bool warns;
  } cases[] = {
      {"histogram_count(sum(h))", true},
      {"histogram_avg(sum_over_time(h[100ms])) or histogram_sum(h)", true},
      {"histogram_quantile(0.5, sum(h))", false},
      {"histogram_count(sum(h >/ 1))", false},
      {"histogram_count(sum_over_time(h[100ms:10ms]))", false},
      {"sum(h)", false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expr);
    EXPECT_EQ(q.Instant(c.expr, 20).find(collide) != std::string::npos, c.warns)
        << q.Instant(c.expr, 20);
  }
}

}  // namespace
}  // namespace tidemark::promql
