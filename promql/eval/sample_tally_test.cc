#include "promql/eval/sample_tally.h"

#include <gtest/gtest.h>

#include <string>

#include "promql/testing/query_harness.h"

namespace tidemark::promql {
namespace {

using Counts = std::vector<uint64_t>;

// A sample every 10 s from 0 to 1000 s: one series of `one`, three of `three`.
class SampleTallyTest : public testing::Test {
 protected:
  SampleTallyTest() {
    const std::vector<double> values(101, 1);
    q_.Load({{"__name__", "one"}}, 0, 10'000, values);
    for (const char* i : {"1", "2", "3"}) {
      q_.Load({{"__name__", "three"}, {"i", i}}, 0, 10'000, values);
    }
    tsdb::FloatHistogram h;
    h.count = 4;
    h.sum = 4;
    h.positive_spans = {{0, 2}};
    h.positive_buckets = {2, 2};
    size_ = HistogramSamples(h);
    q_.LoadHistograms({{"__name__", "histogram"}}, 0, 10'000, {101, h});
  }

  QueryStats StatsOf(const std::string& expr, int64_t start_s, int64_t end_s, int64_t step_s) {
    SCOPED_TRACE(expr);
    const auto result = q_.Execute({.expr = expr,
                                    .start = start_s * 1000,
                                    .end = end_s * 1000,
                                    .step_ms = step_s * 1000,
                                    .per_step_stats = true});
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->stats : QueryStats();
  }

  QueryHarness q_;
  uint64_t size_ = 0;  // of a histogram, in samples
};

// The numbers are Prometheus' for the same data.
TEST_F(SampleTallyTest, InstantQueries) {
  const struct {
    const char* expr;
    int64_t t_s;
    uint64_t total;
    uint64_t read;
  } cases[] = {
      {"\"text\"", 21, 0, 0},
      {"1", 21, 0, 0},
      {"one", 21, 1, 1},
      {"histogram", 21, size_, size_},
      {"timestamp(one)", 21, 1, 1},
      {"timestamp(histogram)", 21, 1, 1},
      {"one offset 10s", 21, 1, 1},
      {"one @ 15", 21, 1, 1},
      {"three{i=\"1\"}[20s] @ 19", 21, 2, 2},
      {"three", 21, 3, 3},
      {"one[60s]", 201, 6, 6},
      {"histogram[60s]", 201, 6 * size_, 6 * size_},
      {"max_over_time(one[60s])[20s:5s]", 201, 24, 8},
      {"max_over_time(one[61s])[20s:5s]", 201, 26, 8},
      {"one[60s] @ 30", 201, 4, 4},
      {"sum by (i) (max_over_time(three[60s] @ 30))", 201, 12, 12},
      {"absent_over_time(one[60s])", 201, 6, 6},
      {"one[60s:5s]", 201, 12, 12},
      {"one[60s:5s] offset 10s", 201, 12, 12},
      {"(one @ 100)[60s:5s]", 201, 12, 1},
      {"max_over_time(three[60s:5s])", 201, 36, 36},
      {"sum(max_over_time(three[60s:5s])) + sum(max_over_time(three[60s:5s]))", 201, 72, 72},
      {"max_over_time(one[20s:10s])", 201, 2, 2},
      {"sum_over_time(one[30s:30s])", 90, 1, 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expr);
    const QueryStats stats = StatsOf(c.expr, c.t_s, c.t_s, 0);
    EXPECT_EQ(stats.total_samples, c.total);
    EXPECT_EQ(stats.samples_read, c.read);
    EXPECT_EQ(stats.total_samples_per_step, Counts{c.total});
    EXPECT_EQ(stats.samples_read_per_step, Counts{c.read});
  }
}

TEST_F(SampleTallyTest, RangeQueries) {
  const struct {
    const char* expr;
    int64_t start_s, end_s, step_s;
    Counts total;
    Counts read;
  } cases[] = {
      {"three{i=\"1\"}", 201, 220, 5, {1, 1, 1, 1}, {1, 1, 1, 1}},
      {"histogram", 204, 223, 5, Counts(4, size_), Counts(4, size_)},
      {"timestamp(histogram)", 201, 220, 5, {1, 1, 1, 1}, {1, 1, 1, 1}},
      {"max_over_time(three{i=\"1\"}[10s])", 991, 1021, 10, {1, 1, 0, 0}, {1, 1, 0, 0}},
      {"max_over_time(three[60s] @ 30)", 201, 220, 5, {12, 12, 12, 12}, {12, 0, 0, 0}},
      {"max_over_time(three[60s])", 201, 220, 5, {18, 18, 18, 18}, {18, 0, 3, 0}},
      {"max_over_time(three[60s:5s])", 201, 220, 5, {36, 36, 36, 36}, {36, 3, 3, 3}},
      {"sum(max_over_time(three[60s:5s])) + sum(max_over_time(one[60s:5s]))",
       201,
       216,
       5,
       {48, 48, 48, 48},
       {48, 4, 4, 4}},
      {"quantile_over_time(scalar(one), one[20s] @ 100)", 201, 211, 5, {3, 3, 3}, {3, 1, 1}},
      // Between its windows a subquery is not needed.
      {"max_over_time(one[10s:5s])", 200, 240, 20, {2, 2, 2}, {2, 2, 2}},
      {"max_over_time(one[10s:5s] offset 7s)", 200, 240, 20, {2, 2, 2}, {2, 2, 2}},
      {"one @ 100 + one", 201, 211, 5, {2, 2, 2}, {2, 1, 1}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expr);
    const QueryStats stats = StatsOf(c.expr, c.start_s, c.end_s, c.step_s);
    EXPECT_EQ(stats.total_samples_per_step, c.total);
    EXPECT_EQ(stats.samples_read_per_step, c.read);
  }
}

// What is not counted by step adds up to the same.
TEST_F(SampleTallyTest, SumsAreTheSameWithoutSteps) {
  for (const char* expr : {"three", "max_over_time(three[60s])", "max_over_time(three[60s:5s])",
                           "max_over_time(three[60s] @ 30)", "max_over_time(histogram[15s:5s])"}) {
    SCOPED_TRACE(expr);
    const QueryStats by_step = StatsOf(expr, 201, 301, 5);
    const auto result =
        q_.Execute({.expr = expr, .start = 201'000, .end = 301'000, .step_ms = 5000});
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->stats.total_samples, by_step.total_samples);
    EXPECT_EQ(result->stats.samples_read, by_step.samples_read);
    EXPECT_TRUE(result->stats.total_samples_per_step.empty());
  }
}

}  // namespace
}  // namespace tidemark::promql
