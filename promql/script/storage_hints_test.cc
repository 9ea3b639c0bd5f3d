#include "promql/script/storage_hints.h"

#include <gtest/gtest.h>

#include "tsdb/model/sample.h"

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

constexpr CounterResetHint kUnknown = CounterResetHint::kUnknown;
constexpr CounterResetHint kNotReset = CounterResetHint::kNotCounterReset;
constexpr CounterResetHint kGauge = CounterResetHint::kGauge;

FloatHistogram Exponential(double count, CounterResetHint hint = kUnknown) {
  FloatHistogram h;
  h.counter_reset_hint = hint;
  h.count = h.sum = count;
  h.positive_spans = {{0, 1}};
  h.positive_buckets = {count};
  return h;
}

TEST(StorageHintsTest, GrowingCountersAreNotReset) {
  StorageHints hints;
  EXPECT_EQ(hints.Next(Exponential(1)), kUnknown);
  EXPECT_EQ(hints.Next(Exponential(2)), kNotReset);
  EXPECT_EQ(hints.Next(Exponential(2)), kNotReset);
}

TEST(StorageHintsTest, ResetsAreUnknown) {
  StorageHints hints;
  hints.Next(Exponential(5));
  EXPECT_EQ(hints.Next(Exponential(1, kNotReset)), kUnknown) << "whatever the sender says";
  EXPECT_EQ(hints.Next(Exponential(2)), kNotReset);
  EXPECT_EQ(hints.Next(Exponential(3, CounterResetHint::kCounterReset)), kUnknown);
  EXPECT_EQ(hints.Next(Exponential(4)), kNotReset);
}

TEST(StorageHintsTest, GaugesStayGauges) {
  StorageHints hints;
  hints.Next(Exponential(1));
  EXPECT_EQ(hints.Next(Exponential(2, kGauge)), kGauge);
  EXPECT_EQ(hints.Next(Exponential(1, kGauge)), kGauge);
  EXPECT_EQ(hints.Next(Exponential(3)), kUnknown);
}

TEST(StorageHintsTest, AnotherLayoutStartsAnew) {
  FloatHistogram finer = Exponential(2);
  finer.schema = 1;
  FloatHistogram wider_zero = Exponential(2);
  wider_zero.zero_threshold = 0.5;
  FloatHistogram custom = Exponential(2);
  custom.schema = FloatHistogram::kCustomBucketsSchema;
  custom.custom_values = {1};
  FloatHistogram other_bounds = custom;
  other_bounds.custom_values = {2};

  StorageHints hints;
  hints.Next(Exponential(1));
  EXPECT_EQ(hints.Next(finer), kUnknown);
  EXPECT_EQ(hints.Next(Exponential(2)), kUnknown);
  EXPECT_EQ(hints.Next(wider_zero), kUnknown);
  EXPECT_EQ(hints.Next(custom), kUnknown);
  EXPECT_EQ(hints.Next(custom), kNotReset);
  EXPECT_EQ(hints.Next(other_bounds), kUnknown);
}

TEST(StorageHintsTest, FloatsAndStaleMarkersLieBetween) {
  FloatHistogram stale;
  stale.sum = tsdb::kStaleNaN;
  StorageHints hints;
  hints.Next(Exponential(1));
  hints.NextIsFloat();
  EXPECT_EQ(hints.Next(Exponential(2)), kUnknown);
  hints.Next(stale);
  EXPECT_EQ(hints.Next(Exponential(2)), kUnknown);
}

}  // namespace
}  // namespace tidemark::promql
