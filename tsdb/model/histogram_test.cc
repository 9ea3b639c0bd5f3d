#include "tsdb/model/histogram.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "tsdb/model/random_histogram.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

FloatHistogram Simple() {
  FloatHistogram h;
  h.count = 7;
  h.sum = 5;
  h.zero_count = 1;
  h.zero_threshold = 0.001;
  h.positive_spans = {{0, 2}, {1, 1}};
  h.positive_buckets = {1, 2, 1};
  h.negative_spans = {{-1, 1}};
  h.negative_buckets = {2};
  return h;
}

TEST(HistogramTest, EqualsByLayoutAndBits) {
  const struct {
    const char* name;
    void (*change)(FloatHistogram&);
    bool equal;
  } cases[] = {
      {"nothing", [](FloatHistogram&) {}, true},
      {"hint", [](FloatHistogram& h) { h.counter_reset_hint = CounterResetHint::kGauge; }, true},
      {"split span",
       [](FloatHistogram& h) {
         h.positive_spans = {{0, 1}, {0, 1}, {1, 1}};
       },
       true},
      {"empty spans",
       [](FloatHistogram& h) {
         h.positive_spans = {{0, 2}, {1, 0}, {0, 1}};
       },
       true},
      {"empty first",
       [](FloatHistogram& h) {
         h.positive_spans = {{-2, 0}, {2, 2}, {1, 1}};
       },
       true},
      {"moved",
       [](FloatHistogram& h) {
         h.positive_spans = {{0, 2}, {2, 1}};
       },
       false},
      {"schema", [](FloatHistogram& h) { h.schema = 1; }, false},
      {"zero threshold", [](FloatHistogram& h) { h.zero_threshold = 0.002; }, false},
      {"zero count", [](FloatHistogram& h) { h.zero_count = 2; }, false},
      {"bucket", [](FloatHistogram& h) { h.positive_buckets[1] = 3; }, false},
      {"sum NaN", [](FloatHistogram& h) { h.sum = kStaleNaN; }, false},
      {"unused bounds", [](FloatHistogram& h) { h.custom_values = {1}; }, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    FloatHistogram changed = Simple();
    c.change(changed);
    EXPECT_EQ(Simple().Equals(changed), c.equal);
    EXPECT_EQ(changed.Equals(Simple()), c.equal);
    EXPECT_TRUE(changed.Equals(changed));
  }
}

TEST(HistogramTest, StaleIsOneBitPattern) {
  FloatHistogram h;
  EXPECT_FALSE(h.IsStale());
  h.sum = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(h.IsStale());
  h.sum = kStaleNaN;
  EXPECT_TRUE(h.IsStale());
}

TEST(HistogramTest, MulAndDivScaleEveryCount) {
  FloatHistogram h = Simple();
  h.Mul(3);
  EXPECT_EQ(h.count, 21);
  EXPECT_EQ(h.sum, 15);
  EXPECT_EQ(h.zero_count, 3);
  EXPECT_EQ(h.positive_buckets, (std::vector<double>{3, 6, 3}));
  EXPECT_EQ(h.negative_buckets, (std::vector<double>{6}));
  EXPECT_EQ(h.counter_reset_hint, CounterResetHint::kUnknown);
  h.Div(3);
  EXPECT_TRUE(h.Equals(Simple()));
  h.Mul(-1);
  EXPECT_EQ(h.counter_reset_hint, CounterResetHint::kGauge);
  h = Simple();
  h.Div(-1);
  EXPECT_EQ(h.counter_reset_hint, CounterResetHint::kGauge);
}

TEST(HistogramTest, DivByZeroDropsBuckets) {
  FloatHistogram h = Simple();
  h.Div(0);
  EXPECT_EQ(h.count, std::numeric_limits<double>::infinity());
  EXPECT_TRUE(h.positive_buckets.empty() && h.positive_spans.empty());
  EXPECT_TRUE(h.negative_buckets.empty() && h.negative_spans.empty());
  EXPECT_TRUE(h.HasOverflow());
}

TEST(HistogramTest, HasOverflowLooksEverywhere) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(Simple().HasOverflow());
  for (int field = 0; field < 5; ++field) {
    FloatHistogram h = Simple();
    double* fields[] = {&h.zero_count, &h.count, &h.sum, &h.positive_buckets[2],
                        &h.negative_buckets[0]};
    *fields[field] = -inf;
    EXPECT_TRUE(h.HasOverflow()) << field;
    *fields[field] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(h.HasOverflow()) << field;
  }
}

TEST(HistogramTest, SizeCountsElements) {
  EXPECT_EQ(FloatHistogram().SizeBytes(), 168u);
  EXPECT_EQ(Simple().SizeBytes(), 168u + 8 * 7);
}

}  // namespace
}  // namespace tidemark::tsdb
