#include "server/aggregate/fold.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

using tsdb::Labels;

const Labels kSeries = Labels::Must({{"__name__", "http_requests_total"},
                                     {"job", "api"},
                                     {"le", "0.5"},
                                     {"quantile", "0.9"},
                                     {"user_id", "7"}});

TEST(Fold, KeepsWhatItDoesNotDrop) {
  Fold fold;
  EXPECT_FALSE(fold.Changes(kSeries));
  fold.dropped = {"user_id", "le", "__name__", "absent"};
  EXPECT_TRUE(fold.Changes(kSeries));
  EXPECT_EQ(fold.Output(kSeries), Labels::Must({{"__name__", "http_requests_total"},
                                                {"job", "api"},
                                                {"le", "0.5"},
                                                {"quantile", "0.9"}}));
}

TEST(Fold, KeepsOnlyWhatItNames) {
  Fold fold;
  fold.kept.emplace().insert("job");
  EXPECT_TRUE(fold.Drops("user_id"));
  EXPECT_FALSE(fold.Drops("le"));
  EXPECT_EQ(fold.Output(kSeries).size(), 4u);
  fold.kept->clear();
  fold.overflow = true;
  EXPECT_EQ(fold.Output(kSeries), Labels::Must({{"__name__", "http_requests_total"},
                                                {"__overflow__", "true"},
                                                {"le", "0.5"},
                                                {"quantile", "0.9"}}));
}

TEST(Fold, CountersAreKnownByTheirNamesOrByTheRule) {
  struct Case {
    std::string_view metric;
    std::optional<bool> counters;
    std::optional<FoldFunction> gauges;
    std::optional<FoldFunction> want;
  };
  const Case cases[] = {
      {"http_requests_total", {}, {}, FoldFunction::kIncrease},
      {"latency_seconds_bucket", {}, FoldFunction::kAvg, FoldFunction::kIncrease},
      {"latency_seconds_sum", {}, FoldFunction::kAvg, FoldFunction::kIncrease},
      {"latency_seconds_count", {}, {}, FoldFunction::kIncrease},
      {"queue_length", {}, {}, {}},
      {"queue_length", {}, FoldFunction::kMax, FoldFunction::kMax},
      {"requests", true, FoldFunction::kMax, FoldFunction::kIncrease},
      {"threads_count", false, FoldFunction::kSum, FoldFunction::kSum},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.metric);
    Fold fold;
    fold.counters = c.counters;
    fold.gauges = c.gauges;
    EXPECT_EQ(fold.FunctionOf(c.metric), c.want);
  }
}

TEST(Fold, FunctionsAreReadByTheirNames) {
  for (uint8_t i = 0; i < kFoldFunctions; ++i) {
    const auto function = static_cast<FoldFunction>(i);
    EXPECT_EQ(ParseFoldFunction(FoldFunctionName(function)), function);
  }
  EXPECT_EQ(ParseFoldFunction("median"), std::nullopt);
}

}  // namespace
}  // namespace tidemark::server
