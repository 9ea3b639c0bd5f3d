#include "server/admission/budget_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

using testing::HasSubstr;

TEST(BudgetConfig, ReadsAllThereIs) {
  const auto read = ParseBudgets(R"(
default:
  series: { soft: 40, hard: 50, reserve: 5 }
  critical: [ "payments_.*", up ]
  metrics:
    - { pattern: "http_.*", soft: 8, hard: 10 }
  labels:
    - { name: user_id, hard: 100 }
    - { name: path, metrics: "http_.*", soft: 20 }
tenants:
  acme:
    series: { hard: 200 }
  free:
)",
                                 "b.yml");
  ASSERT_TRUE(read.ok()) << read.status();
  const TenantBudget& all = read->Of("anyone");
  EXPECT_EQ(all.series.soft, 40u);
  EXPECT_EQ(all.series.hard, 50u);
  EXPECT_EQ(all.reserve, 5u);
  ASSERT_EQ(all.critical.size(), 2u);
  EXPECT_TRUE(all.critical[0].Matches("payments_total"));
  EXPECT_FALSE(all.critical[1].Matches("upper"));
  ASSERT_EQ(all.metrics.size(), 1u);
  EXPECT_EQ(all.metrics[0].series.hard, 10u);
  ASSERT_EQ(all.labels.size(), 2u);
  EXPECT_EQ(all.labels[0].label, "user_id");
  EXPECT_TRUE(all.labels[0].metrics.Matches("anything"));
  EXPECT_EQ(all.labels[1].values.soft, 20u);
  EXPECT_EQ(all.labels[1].values.hard, 0u);
  EXPECT_EQ(read->Of("acme").series.hard, 200u);
  EXPECT_TRUE(read->Of("acme").metrics.empty());
  EXPECT_EQ(read->Of("free").series.hard, 0u);
}

TEST(BudgetConfig, SaysIntoWhatNewSeriesFold) {
  const auto read = ParseBudgets(
      "default: { on_limit: fold, overflow_labels: [ job ], overflow_gauges: max }\n"
      "tenants: { acme: { on_limit: reject, overflow_labels: [ job ] } }\n",
      "b.yml");
  ASSERT_TRUE(read.ok()) << read.status();
  const std::shared_ptr<const Fold> fold = read->Of("anyone").overflow;
  ASSERT_NE(fold, nullptr);
  const auto series =
      tsdb::Labels::Must({{"__name__", "up"}, {"job", "api"}, {"le", "1"}, {"user", "7"}});
  EXPECT_EQ(fold->Output(series).ToString(),
            "{__name__=\"up\", __overflow__=\"true\", job=\"api\", le=\"1\"}");
  EXPECT_EQ(fold->FunctionOf("up"), FoldFunction::kMax);
  EXPECT_EQ(read->Of("acme").overflow, nullptr);
}

TEST(BudgetConfig, SaysWhatIsWrongAndWhere) {
  const struct {
    const char* yaml;
    const char* want;
  } kCases[] = {
      {"default: [", "b.yml:"},
      {"limits: {}", "b.yml:1: unknown key limits; known are default, tenants"},
      {"default:\n  serie: {}", "b.yml:2: unknown key serie"},
      {"default:\n  series: { hard: x }", "b.yml:2: hard: expected a whole number"},
      {"default:\n  series: { hard: -1 }", "hard: expected a whole number"},
      {"default:\n  series: { soft: 2, hard: 1 }", "b.yml:2: soft is above hard"},
      {"default:\n  series: { hard: 1, reserve: 2 }", "b.yml:2: reserve is above hard"},
      {"default:\n  critical: [ \"(\" ]", "b.yml:2: "},
      {"default:\n  metrics: [ { hard: 1 } ]", "expected a pattern of metric names"},
      {"default:\n  labels: [ { hard: 1 } ]", "name: expected the name of a label"},
      {"tenants: [ a ]", "tenants: expected a map of names"},
      {"default:\n  on_limit: drop", "b.yml:2: on_limit: expected reject or fold"},
      {"default:\n  overflow_gauges: increase", "b.yml:2: overflow_gauges: expected sum, avg"},
      {"default:\n  labels: [ { name: path, hard: 1 } ]\n  overflow_labels: [ path ]",
       "b.yml:3: overflow_labels: path has a limit of its own"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.yaml);
    const auto read = ParseBudgets(c.yaml, "b.yml");
    ASSERT_EQ(read.status().code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(MessageOf(read.status())), HasSubstr(c.want));
  }
  EXPECT_EQ(LoadBudgets("/nonexistent/b.yml").status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(ParseBudgets("", "b.yml").ok());
}

}  // namespace
}  // namespace tidemark::server
