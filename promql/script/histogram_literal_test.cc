#include "promql/script/histogram_literal.h"

#include <gtest/gtest.h>

#include <string>

namespace tidemark::promql {
namespace {

using tsdb::BucketSpan;
using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

TEST(HistogramLiteralTest, AllKeys) {
  std::string_view text =
      "{{schema:1 sum:-0.3 count:3.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3 "
      "n_buckets:[4.1 5 ]  n_offset:5 counter_reset_hint:gauge }}x2";
  const StatusOr<HistogramLiteral> literal = TakeHistogramLiteral(text);
  ASSERT_TRUE(literal.ok()) << literal.status();
  EXPECT_EQ(text, "x2");
  const FloatHistogram& h = literal->histogram;
  EXPECT_EQ(h.schema, 1);
  EXPECT_EQ(h.sum, -0.3);
  EXPECT_EQ(h.count, 3.1);
  EXPECT_EQ(h.zero_count, 7.1);
  EXPECT_EQ(h.zero_threshold, 0.05);
  EXPECT_EQ(h.positive_spans, (std::vector<BucketSpan>{{-3, 3}}));
  EXPECT_EQ(h.positive_buckets, (std::vector<double>{5.1, 10, 7}));
  EXPECT_EQ(h.negative_spans, (std::vector<BucketSpan>{{5, 2}}));
  EXPECT_EQ(h.negative_buckets, (std::vector<double>{4.1, 5}));
  EXPECT_EQ(h.counter_reset_hint, CounterResetHint::kGauge);
  EXPECT_TRUE(literal->has_reset_hint);
}

TEST(HistogramLiteralTest, CustomBuckets) {
  std::string_view text = "{{schema:-53 custom_values:[-5 1e1 Inf] buckets:[1 4 2]}}";
  const StatusOr<HistogramLiteral> literal = TakeHistogramLiteral(text);
  ASSERT_TRUE(literal.ok()) << literal.status();
  EXPECT_TRUE(literal->histogram.UsesCustomBuckets());
  EXPECT_EQ(literal->histogram.custom_values,
            (std::vector<double>{-5, 10, std::numeric_limits<double>::infinity()}));
  EXPECT_FALSE(literal->has_reset_hint);
}

TEST(HistogramLiteralTest, Empty) {
  std::string_view text = "{{ offset:7 }}";
  const StatusOr<HistogramLiteral> literal = TakeHistogramLiteral(text);
  ASSERT_TRUE(literal.ok()) << literal.status();
  EXPECT_TRUE(literal->histogram.Equals(FloatHistogram()));
}

TEST(HistogramLiteralTest, ErrorsLeaveTheTextAtTheMistake) {
  const struct {
    const char* text;
    const char* rest;
    const char* error;
  } cases[] = {
      {"{{", "", "expected a key and a colon in histogram description"},
      {"{{sum}}", "sum}}", "expected a key and a colon in histogram description"},
      {"{{total:1}}", "total:1}}", "bad histogram descriptor found: \"total\""},
      {"{{sum:1 sum:2}}", "sum:2}}", "duplicate key \"sum\" in histogram"},
      {"{{sum:}}", "}}", "expected a number, got \"}}\""},
      {"{{schema:99999999999}}", "99999999999}}", "expected an integer, got \"99999999999}}\""},
      {"{{schema:1.5}}", ".5}}", "expected a space or }} in histogram description"},
      {"{{buckets:5}}", "5}}", "expected [ in histogram description"},
      {"{{buckets:[5,6]}}", ",6]}}", "expected a space or ] in histogram description"},
      {"{{buckets:[5", "", "expected a space or ] in histogram description"},
      {"{{counter_reset_hint:maybe}}", "}}", "unknown counter_reset_hint \"maybe\""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    std::string_view text = c.text;
    const Status status = TakeHistogramLiteral(text).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(MessageOf(status), c.error);
    EXPECT_EQ(text, c.rest);
  }
}

}  // namespace
}  // namespace tidemark::promql
