#include "server/ingest/histogram_reader.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

namespace tidemark::server {
namespace {

using tsdb::FloatHistogram;

// Into a histogram that held another one, as requests have it.
StatusOr<FloatHistogram> Read(const proto::HistogramView& view) {
  FloatHistogram h;
  h.counter_reset_hint = tsdb::CounterResetHint::kGauge;
  h.positive_spans = {{7, 2}, {1, 1}};
  h.negative_spans = {{7, 1}};
  h.positive_buckets = {1, 2, 3};
  h.negative_buckets = {4};
  h.custom_values = {5};
  RETURN_IF_ERROR(ReadHistogram(view, h));
  return h;
}

// Buckets 1, 3 and, after a gap, 2; five in the negative one; two zeros.
proto::HistogramView Integer() {
  proto::HistogramView v;
  v.count_int = 13;
  v.zero_count_int = 2;
  v.sum = 18.5;
  v.schema = 3;
  v.zero_threshold = 0.001;
  v.positive_spans = {{-2, 2}, {1, 1}};
  v.positive_deltas = {1, 2, -1};
  v.negative_spans = {{0, 1}};
  v.negative_deltas = {5};
  return v;
}

TEST(HistogramReaderTest, DeltasBecomeAbsoluteCounts) {
  const StatusOr<FloatHistogram> h = Read(Integer());
  ASSERT_TRUE(h.ok()) << h.status();
  EXPECT_EQ(h->count, 13);
  EXPECT_EQ(h->zero_count, 2);
  EXPECT_EQ(h->sum, 18.5);
  EXPECT_EQ(h->schema, 3);
  EXPECT_EQ(h->zero_threshold, 0.001);
  EXPECT_EQ(h->positive_buckets, (std::vector<double>{1, 3, 2}));
  EXPECT_EQ(h->negative_buckets, (std::vector<double>{5}));
  EXPECT_EQ(h->positive_spans, (std::vector<tsdb::BucketSpan>{{-2, 2}, {1, 1}}));
}

TEST(HistogramReaderTest, FloatCountsStayAsTheyAre) {
  proto::HistogramView v;
  v.is_float = true;
  v.count_float = 4.5;
  v.schema = -53;
  v.custom_values = {0.1, 0.5};
  v.positive_spans = {{0, 3}};
  v.positive_counts = {1, 1.5, 2};
  const StatusOr<FloatHistogram> h = Read(v);
  ASSERT_TRUE(h.ok()) << h.status();
  EXPECT_EQ(h->positive_buckets, v.positive_counts);
  EXPECT_EQ(h->custom_values, v.custom_values);
  EXPECT_TRUE(h->UsesCustomBuckets());
}

TEST(HistogramReaderTest, OnlyTheGaugeHintIsTrusted) {
  using Hint = tsdb::CounterResetHint;
  const Hint kHints[] = {Hint::kUnknown, Hint::kUnknown, Hint::kUnknown, Hint::kGauge,
                         Hint::kUnknown};
  for (int32_t sent = 0; sent < 5; ++sent) {
    proto::HistogramView v = Integer();
    v.reset_hint = sent;
    EXPECT_EQ(Read(v)->counter_reset_hint, kHints[sent]) << sent;
  }
}

TEST(HistogramReaderTest, AStaleMarkerIsAHistogramOfNothing) {
  proto::HistogramView v;
  v.sum = std::bit_cast<double>(uint64_t{0x7ff0000000000002});
  const StatusOr<FloatHistogram> h = Read(v);
  ASSERT_TRUE(h.ok()) << h.status();
  EXPECT_TRUE(h->IsStale());
}

TEST(HistogramReaderTest, SchemasPastTheFinestAreReduced) {
  proto::HistogramView v;
  v.schema = 9;
  v.count_int = 3;
  v.positive_spans = {{1, 2}};  // (1, b], (b, b²] with b⁵¹² = 2
  v.positive_deltas = {1, 1};
  const StatusOr<FloatHistogram> h = Read(v);
  ASSERT_TRUE(h.ok()) << h.status();
  EXPECT_EQ(h->schema, 8);
  EXPECT_EQ(h->positive_buckets, (std::vector<double>{3}));

  v.positive_spans = {{1, 3}};
  EXPECT_EQ(Read(v).status().code(), StatusCode::kInvalidArgument);
}

TEST(HistogramReaderTest, RefusesWhatDoesNotAddUp) {
  const struct {
    const char* name;
    void (*damage)(proto::HistogramView&);
  } kCases[] = {
      {"count is not the sum of buckets", [](auto& v) { v.count_int = 14; }},
      {"a bucket without a span", [](auto& v) { v.positive_deltas.push_back(0); }},
      {"a span without buckets",
       [](auto& v) {
         v.negative_spans.push_back({1, 1});
       }},
      {"a span of four billion", [](auto& v) { v.positive_spans[0].length = UINT32_MAX; }},
      {"a negative bucket", [](auto& v) { v.positive_deltas[1] = -7; }},
      {"a sum past 64 bits",
       [](auto& v) {
         v.positive_deltas = {1, std::numeric_limits<int64_t>::max(), 1};
       }},
      {"an unknown schema", [](auto& v) { v.schema = -54; }},
      {"a schema past the last", [](auto& v) { v.schema = 53; }},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    proto::HistogramView v = Integer();
    c.damage(v);
    const StatusOr<FloatHistogram> h = Read(v);
    EXPECT_EQ(h.status().code(), StatusCode::kInvalidArgument);
    EXPECT_FALSE(MessageOf(h.status()).empty());
  }
}

}  // namespace
}  // namespace tidemark::server
