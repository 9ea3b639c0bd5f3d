#include "tsdb/base/metrics.h"

#include <gtest/gtest.h>

namespace tidemark {
namespace {

TEST(MetricsTest, ChildrenOfOneNameAreOneFamily) {
  Metrics metrics;
  metrics.AddCounter("b_total", "B.", {{"reason", "x"}})->Add(2);
  metrics.AddCounter("b_total", "B.", {{"reason", "y"}})->Add(3);
  metrics.AddGauge("a", "A.", [] { return 7.5; });
  metrics.AddCounterReader("c_total", "C.", [] { return 1.5; });
  const auto families = metrics.Collect();
  ASSERT_EQ(families.size(), 3u);
  EXPECT_EQ(families[2].type, Metrics::Type::kCounter);
  EXPECT_EQ(families[2].children[0].value, 1.5);
  EXPECT_EQ(families[0].name, "a");
  EXPECT_EQ(families[0].children[0].value, 7.5);
  ASSERT_EQ(families[1].children.size(), 2u);
  EXPECT_EQ(families[1].children[1].value, 3);
}

TEST(MetricsTest, HistogramBoundsAreInclusive) {
  Metrics metrics;
  BucketHistogram* histogram = metrics.AddHistogram("h", "H.", {1, 2});
  for (const double v : {0.5, 1.0, 1.5, 3.0}) histogram->Observe(v);
  EXPECT_EQ(histogram->counts(), (std::vector<uint64_t>{2, 1, 1}));
  EXPECT_EQ(histogram->sum(), 6.0);
}

}  // namespace
}  // namespace tidemark
