#include "server/ingest/label_reader.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

using tsdb::Labels;
using Views = std::vector<proto::LabelView>;

TEST(LabelReaderTest, SortsAndLeavesOutEmptyValues) {
  LabelReader reader;
  const Labels expected = Labels::Must({{"B", "2"}, {"__name__", "up"}, {"a", "1"}});
  const Views kCases[] = {
      {{"B", "2"}, {"__name__", "up"}, {"a", "1"}},
      {{"a", "1"}, {"__name__", "up"}, {"B", "2"}},
      {{"__name__", "up"}, {"empty", ""}, {"a", "1"}, {"B", "2"}},
  };
  for (const Views& views : kCases) {
    Labels labels;
    EXPECT_FALSE(reader.ReadSeries(views, {}, labels).has_value());
    EXPECT_EQ(labels, expected);
  }
}

TEST(LabelReaderTest, RefusesWhatNamesNoSeries) {
  const struct {
    const char* name;
    Views views;
    Refusal refusal;
  } kCases[] = {
      {"nothing", {}, Refusal::kNoMetricName},
      {"no metric name", {{"a", "1"}}, Refusal::kNoMetricName},
      {"an empty metric name", {{"__name__", ""}, {"a", "1"}}, Refusal::kNoMetricName},
      {"an empty name", {{"__name__", "up"}, {"", "1"}}, Refusal::kEmptyLabelName},
      {"a name twice",
       {{"__name__", "up"}, {"a", "1"}, {"b", "2"}, {"a", "3"}},
       Refusal::kDuplicateLabelName},
      {"a name twice, once empty",
       {{"__name__", "up"}, {"a", "1"}, {"a", ""}},
       Refusal::kDuplicateLabelName},
      {"the same label twice",
       {{"__name__", "up"}, {"a", "1"}, {"a", "1"}},
       Refusal::kDuplicateLabelName},
      {"a name of bytes", {{"__name__", "up"}, {"a\xff", "1"}}, Refusal::kInvalidUtf8},
      {"a value of bytes", {{"__name__", "up"}, {"a", "\xc3"}}, Refusal::kInvalidUtf8},
  };
  LabelReader reader;
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    Labels labels = Labels::Must({{"__name__", "before"}});
    const auto refusal = reader.ReadSeries(c.views, {}, labels);
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(*refusal, c.refusal);
    EXPECT_EQ(labels.metric_name(), "before");
  }
}

TEST(LabelReaderTest, TakesUtf8NamesAndValues) {
  LabelReader reader;
  Labels labels;
  const Views views = {{"__name__", "http.dauer"}, {"größe", "€"}};
  EXPECT_FALSE(reader.ReadSeries(views, "\x0a\xc3\xb6", labels).has_value());
  EXPECT_EQ(labels.Get("größe"), "€");
}

TEST(LabelReaderTest, AnExemplarNeedsNoMetricName) {
  LabelReader reader;
  Labels labels;
  const Views views = {{"trace_id", "abc"}};
  EXPECT_FALSE(reader.Read(views, {}, labels).has_value());
  EXPECT_EQ(labels, Labels::Must({{"trace_id", "abc"}}));
}

}  // namespace
}  // namespace tidemark::server
