#include "promql/script/series_description.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tsdb/base/go_float.h"
#include "tsdb/model/sample.h"

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;

std::string Show(const SequenceValue& value) {
  if (std::holds_alternative<Omitted>(value.value)) return "_";
  if (const auto* h = std::get_if<FloatHistogram>(&value.value)) return h->ToString();
  const double v = std::get<double>(value.value);
  return tsdb::IsStaleNaN(v) ? "stale" : GoFloat(v);
}

// The values, separated by spaces, or the error.
std::string Values(std::string_view text) {
  const StatusOr<SeriesDescription> series = ParseSeriesDescription(text);
  if (!series.ok()) return std::string(MessageOf(series.status()));
  std::string out;
  for (const SequenceValue& value : series->values) {
    out += (out.empty() ? "" : " ") + Show(value);
  }
  return out;
}

TEST(SeriesDescriptionTest, Labels) {
  const struct {
    const char* text;
    tsdb::Labels labels;
  } cases[] = {
      {"up 1", tsdb::Labels::Must({{"__name__", "up"}})},
      {"  up", tsdb::Labels::Must({{"__name__", "up"}})},
      {"{} 1", tsdb::Labels()},
      {"up{a=\"x y\", b='}'} 1",
       tsdb::Labels::Must({{"__name__", "up"}, {"a", "x y"}, {"b", "}"}})},
      {"{a=\"\\\" {\"} 1", tsdb::Labels::Must({{"a", "\" {"}})},
      {"{\"my.metric\"} 1", tsdb::Labels::Must({{"__name__", "my.metric"}})},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto series = ParseSeriesDescription(c.text);
    ASSERT_TRUE(series.ok()) << series.status();
    EXPECT_EQ(series->labels, c.labels);
  }
}

TEST(SeriesDescriptionTest, Values) {
  const struct {
    const char* text;
    const char* values;
  } cases[] = {
      {"a", ""},
      {"a  ", ""},
      {"a 1 -2 +3", "1 -2 3"},
      {"a 0.5 .5 1e3 1_0 010", "0.5 0.5 1000 10 8"},
      {"a Inf -Inf nan stale", "+Inf -Inf NaN stale"},
      {"a _ _x3 1", "_ _ _ _ 1"},
      {"a _x0", ""},
      {"a 5x2", "5 5 5"},
      {"a 5x0", "5"},
      {"a 3+1x3", "3 4 5 6"},
      {"a -3-1.5x2", "-3 -4.5 -6"},
      {"a 1+1x1 7-1x1", "1 2 7 6"},
      {"a {{}} {{ }}", "{count:0, sum:0} {count:0, sum:0}"},
      {"a {{count:1 buckets:[1]}}x1", "{count:1, sum:0, (0.5,1]:1} {count:1, sum:0, (0.5,1]:1}"},
      {"a {{count:1 sum:1 buckets:[1]}}+{{count:2 sum:0.5 buckets:[2]}}x1 _",
       "{count:1, sum:1, (0.5,1]:1} {count:3, sum:1.5, (0.5,1]:3} _"},
      {"a {{count:3 buckets:[3]}}-{{count:1 buckets:[1]}}x1",
       "{count:3, sum:0, (0.5,1]:3} {count:2, sum:0, (0.5,1]:2}"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(Values(c.text), c.values);
  }
}

TEST(SeriesDescriptionTest, ErrorsSayWhere) {
  const struct {
    const char* text;
    const char* error;
  } cases[] = {
      {"a{b} 1", "1:4: parse error: unexpected \"}\" in label set, expected \"=\""},
      {"a 1 b", "1:5: parse error: expected a number, got \"b\""},
      {"a 1+1", "1:6: parse error: expected x in series values"},
      {"a 1+1x", "1:7: parse error: expected a number of repetitions, got \"\""},
      {"a 1x-1", "1:5: parse error: expected a number of repetitions, got \"-1\""},
      {"a _-1", "1:4: parse error: expected a space in series values"},
      {"a 1x2x3", "1:6: parse error: expected a space in series values"},
      {"a 1m", "1:4: parse error: expected a space in series values"},
      {"a stalex2", "1:3: parse error: expected a number, got \"stalex2\""},
      {"a {{x:1}}", "1:5: parse error: bad histogram descriptor found: \"x\""},
      {"a {{}}+1x2", "1:8: parse error: expected {{ in series values"},
      {"a {{}}+{{}}", "1:12: parse error: expected x in series values"},
      {"a {{schema:2}}+{{schema:1}}x1",
       "1:30: parse error: error combining histograms: cannot merge from schema 1 to 2"},
      {"a 1x1000000", "1:12: parse error: more than 1000000 values in a series"},
      {"a _x99999999999", "1:16: parse error: more than 1000000 values in a series"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(Values(c.text), c.error);
  }
}

TEST(SeriesDescriptionTest, KnowsWhetherAResetHintIsSaid) {
  const auto series = ParseSeriesDescription(
      "a {{}} {{counter_reset_hint:unknown}} {{}}+{{counter_reset_hint:gauge}}x0 1");
  ASSERT_TRUE(series.ok()) << series.status();
  ASSERT_EQ(series->values.size(), 4u);
  EXPECT_FALSE(series->values[0].has_reset_hint);
  EXPECT_TRUE(series->values[1].has_reset_hint);
  EXPECT_TRUE(series->values[2].has_reset_hint);
  EXPECT_FALSE(series->values[3].has_reset_hint);
}

}  // namespace
}  // namespace tidemark::promql
