#include <gtest/gtest.h>

#include "tsdb/model/histogram.h"
#include "tsdb/model/random_histogram.h"

namespace tidemark::tsdb {
namespace {

FloatHistogram Base() {
  FloatHistogram h;
  h.schema = 1;
  h.zero_threshold = 0.01;
  h.zero_count = 5;
  h.count = 30;
  h.positive_spans = {{0, 2}, {1, 2}};
  h.positive_buckets = {1, 2, 0, 4};
  h.negative_spans = {{0, 1}};
  h.negative_buckets = {7};
  return h;
}

FloatHistogram Custom() {
  FloatHistogram h;
  h.schema = FloatHistogram::kCustomBucketsSchema;
  h.count = 10;
  h.custom_values = {1, 2, 3};
  h.positive_spans = {{0, 4}};
  h.positive_buckets = {1, 2, 3, 4};
  return h;
}

struct Case {
  const char* name;
  void (*change)(FloatHistogram&);
  bool reset;
};

void Check(const FloatHistogram& before, const Case& c) {
  SCOPED_TRACE(c.name);
  FloatHistogram now = before;
  c.change(now);
  EXPECT_EQ(now.DetectReset(before), c.reset);
}

TEST(HistogramResetTest, Exponential) {
  const Case cases[] = {
      {"same", [](FloatHistogram&) {}, false},
      {"count down", [](FloatHistogram& h) { h.count = 29; }, true},
      {"zero bucket down", [](FloatHistogram& h) { h.zero_count = 4; }, true},
      {"bucket down", [](FloatHistogram& h) { h.positive_buckets[3] = 3; }, true},
      {"negative bucket down", [](FloatHistogram& h) { h.negative_buckets[0] = 6; }, true},
      {"bucket up", [](FloatHistogram& h) { h.positive_buckets[3] = 5; }, false},
      {"sum down", [](FloatHistogram& h) { h.sum = -100; }, false},
      {"populated bucket gone",
       [](FloatHistogram& h) {
         h.positive_spans = {{0, 2}, {1, 1}};
         h.positive_buckets = {1, 2, 0};
       },
       true},
      {"empty bucket gone",
       [](FloatHistogram& h) {
         h.positive_spans = {{0, 2}, {2, 1}};
         h.positive_buckets = {1, 2, 4};
       },
       false},
      {"new bucket",
       [](FloatHistogram& h) {
         h.positive_spans = {{0, 5}};
         h.positive_buckets = {1, 2, 9, 0, 4};
       },
       false},
      {"finer", [](FloatHistogram& h) { h.schema = 2; }, true},
      {"coarser, same counts",
       [](FloatHistogram& h) {
         h.schema = 0;
         h.positive_spans = {{0, 3}};
         h.positive_buckets = {1, 2, 4};
       },
       false},
      {"coarser, fewer",
       [](FloatHistogram& h) {
         h.schema = 0;
         h.positive_spans = {{0, 3}};
         h.positive_buckets = {1, 2, 3};
       },
       true},
      {"zero bucket narrower", [](FloatHistogram& h) { h.zero_threshold = 0.001; }, true},
      {"zero bucket wider, holds what it took",
       [](FloatHistogram& h) {
         h.zero_threshold = 1;
         h.zero_count = 5 + 1 + 7;
         h.positive_spans = {{1, 1}, {1, 2}};
         h.positive_buckets = {2, 0, 4};
         h.negative_spans.clear();
         h.negative_buckets.clear();
       },
       false},
      {"zero bucket wider, holds less",
       [](FloatHistogram& h) {
         h.zero_threshold = 1;
         h.zero_count = 12;
         h.positive_spans = {{1, 1}, {1, 2}};
         h.positive_buckets = {2, 0, 4};
         h.negative_spans.clear();
         h.negative_buckets.clear();
       },
       true},
      {"zero bucket ends inside a populated bucket",
       [](FloatHistogram& h) {
         h.zero_threshold = 0.9;
         h.zero_count = 100;
       },
       true},
      {"to custom buckets", [](FloatHistogram& h) { h = Custom(), h.count = 100; }, true},
      {"hint says reset",
       [](FloatHistogram& h) { h.counter_reset_hint = CounterResetHint::kCounterReset; }, true},
      {"hint says no reset",
       [](FloatHistogram& h) {
         h.counter_reset_hint = CounterResetHint::kNotCounterReset;
         h.count = 0;
       },
       false},
      {"gauge is looked at",
       [](FloatHistogram& h) {
         h.counter_reset_hint = CounterResetHint::kGauge;
         h.count = 0;
       },
       true},
  };
  for (const Case& c : cases) Check(Base(), c);
}

TEST(HistogramResetTest, Custom) {
  const Case cases[] = {
      {"same", [](FloatHistogram&) {}, false},
      {"bucket down", [](FloatHistogram& h) { h.positive_buckets[1] = 1; }, true},
      {"bound gone, counts moved",
       [](FloatHistogram& h) {
         h.custom_values = {1, 3};
         h.positive_spans = {{0, 3}};
         h.positive_buckets = {1, 5, 4};
       },
       false},
      {"bound gone, counts lost",
       [](FloatHistogram& h) {
         h.custom_values = {1, 3};
         h.positive_spans = {{0, 3}};
         h.positive_buckets = {1, 4, 9};
       },
       true},
      {"no bound shared",
       [](FloatHistogram& h) {
         h.custom_values = {1.5};
         h.positive_spans = {{0, 2}};
         h.positive_buckets = {4, 6};
       },
       false},
      {"to exponential buckets", [](FloatHistogram& h) { h = Base(); }, true},
  };
  for (const Case& c : cases) Check(Custom(), c);
}

TEST(HistogramResetTest, GrowthIsNoResetAndItsReverseIs) {
  RandomHistograms random(31);
  for (int i = 0; i < 3000; ++i) {
    FloatHistogram before = random.Any();
    FloatHistogram now = random.Later(before);
    before.counter_reset_hint = now.counter_reset_hint = CounterResetHint::kUnknown;
    ASSERT_FALSE(now.DetectReset(before)) << before.ToString() << "\n" << now.ToString();
    ASSERT_EQ(before.DetectReset(now), now.count > before.count);
    // Another layout of the same counts says the same.
    FloatHistogram compact = now;
    compact.Compact(static_cast<int>(random.Below(3)));
    ASSERT_FALSE(compact.DetectReset(before));
    if (now.UsesCustomBuckets() || now.zero_threshold > 0) continue;
    ASSERT_TRUE(compact.ReduceResolution(now.schema - 1).ok());
    ASSERT_FALSE(compact.DetectReset(before)) << before.ToString() << "\n" << compact.ToString();
  }
}

}  // namespace
}  // namespace tidemark::tsdb
