#include "server/exposition/from_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "server/exposition/exposition.h"

namespace tidemark::server {
namespace {

TEST(FromMetricsTest, IsAPageOfAllKinds) {
  Metrics metrics;
  metrics.AddCounter("late_total", "Late.", {{"tenant", "b"}, {"reason", "x"}})->Add(2);
  metrics.AddCounter("late_total", "Late.", {{"reason", "x"}, {"tenant", "a"}})->Add(1'500'000);
  metrics.AddGauge("heads", "Heads.", [] { return 7.5; });
  BucketHistogram* wait = metrics.AddHistogram("wait_seconds", "Wait.", {0.1, 1});
  for (const double v : {0.05, 0.1, 0.5, 3.0}) wait->Observe(v);

  std::string page;
  Encode(FromMetrics(metrics), Format{}, &page);
  EXPECT_EQ(page, R"(# HELP heads Heads.
# TYPE heads gauge
heads 7.5
# HELP late_total Late.
# TYPE late_total counter
late_total{reason="x",tenant="a"} 1.5e+06
late_total{reason="x",tenant="b"} 2
# HELP wait_seconds Wait.
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.1"} 2
wait_seconds_bucket{le="1"} 3
wait_seconds_bucket{le="+Inf"} 4
wait_seconds_sum 3.65
wait_seconds_count 4
)");
}

TEST(FromMetricsTest, NothingGivesNothing) { EXPECT_TRUE(FromMetrics(Metrics()).empty()); }

}  // namespace
}  // namespace tidemark::server
