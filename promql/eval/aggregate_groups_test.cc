#include "promql/eval/aggregate_groups.h"

#include <gtest/gtest.h>

#include <vector>

namespace tidemark::promql {
namespace {

using tsdb::Labels;

AggregateExpr Grouping(std::vector<std::string> names, bool without) {
  AggregateExpr expr;
  expr.grouping = std::move(names);
  expr.without = without;
  return expr;
}

TEST(GroupLabels, ByAndWithout) {
  const Labels series =
      Labels::Must({{"__name__", "up"}, {"instance", "1"}, {"job", "api"}, {"zone", "a"}});
  const struct {
    std::vector<std::string> names;
    bool without;
    Labels want;
  } kCases[] = {
      {{}, false, Labels()},
      {{"zone", "job"}, false, Labels::Must({{"job", "api"}, {"zone", "a"}})},
      {{"region"}, false, Labels()},
      {{"__name__"}, false, Labels::Must({{"__name__", "up"}})},
      {{}, true, series.DropMetricName()},
      {{"instance", "region"}, true, Labels::Must({{"job", "api"}, {"zone", "a"}})},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.want.ToString());
    EXPECT_EQ(GroupLabels(Grouping(c.names, c.without)).Of(series), c.want);
  }
}

TEST(SeriesGroups, ComeInTheOrderTheyAreComplete) {
  std::vector<Labels> series;
  for (const char* job : {"a", "b", "c", "b", "a"}) series.push_back(Labels::Must({{"job", job}}));
  const SeriesGroups groups = MakeSeriesGroups(series, GroupLabels(Grouping({"job"}, false)));
  EXPECT_EQ(groups.labels,
            (std::vector<Labels>{Labels::Must({{"job", "c"}}), Labels::Must({{"job", "b"}}),
                                 Labels::Must({{"job", "a"}})}));
  EXPECT_EQ(groups.last, (std::vector<size_t>{2, 3, 4}));
  EXPECT_EQ(groups.of, (std::vector<uint32_t>{2, 1, 0, 1, 2}));
}

}  // namespace
}  // namespace tidemark::promql
