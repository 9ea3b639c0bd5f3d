#include "server/admission/budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace tidemark::server {
namespace {

using testing::HasSubstr;
using tsdb::Labels;

std::shared_ptr<Budget> Make(std::string_view yaml) {
  auto config = ParseBudgets(yaml, "b.yml");
  EXPECT_TRUE(config.ok()) << config.status();
  return std::make_shared<Budget>(*std::move(config));
}

Labels Series(std::string_view metric, int user) {
  return Labels::Must({{"__name__", std::string(metric)}, {"user_id", std::to_string(user)}});
}

// "kind label metrics used" of each limit.
std::string Told(const Budget& budget, std::string_view tenant) {
  std::string out;
  for (const BudgetUse& use : budget.Usage(tenant)) {
    out += std::string(BudgetKindName(use.kind)) + " " + use.label + " " + use.metrics + " " +
           std::to_string(use.used) + "; ";
  }
  return out;
}

TEST(Budget, AdmitsOnlyWhatSeriesFoldIntoPastALimit) {
  const auto budget = Make(
      "default: { series: { hard: 1 }, on_limit: fold, overflow_labels: [ job ] }\n"
      "tenants: { acme: { series: { hard: 1 } } }\n");
  EXPECT_NE(budget->Overflow("default"), nullptr);
  EXPECT_EQ(budget->Overflow("acme"), nullptr);
  const Labels overflow =
      Labels::Must({{"__name__", "up"}, {"__overflow__", "true"}, {"job", "api"}});
  for (const char* tenant : {"default", "acme"}) {
    EXPECT_TRUE(budget->Admit(tenant, Series("up", 1)).ok());
    EXPECT_FALSE(budget->Admit(tenant, Series("up", 2)).ok());
    EXPECT_EQ(budget->Admit(tenant, overflow).ok(), tenant == std::string("default"));
    EXPECT_FALSE(budget->Admit(tenant, overflow.With("user_id", "3")).ok());
    EXPECT_FALSE(budget->Admit(tenant, overflow.With("__overflow__", "yes")).ok());
  }
  EXPECT_EQ(budget->Usage("default")[0].used, 2u);
  budget->Forget("default", overflow);
  EXPECT_EQ(budget->Usage("default")[0].used, 1u);
}

TEST(Budget, RefusesPastEachHardLimit) {
  const auto budget = Make(R"(
default:
  series: { hard: 5 }
  metrics: [ { pattern: "http_.*", hard: 2 } ]
  labels: [ { name: user_id, metrics: "grpc_.*", hard: 2 } ]
)");
  Metrics metrics;
  budget->AddMetrics(metrics);
  const struct {
    const char* metric;
    int user;
    const char* refused;  // what of the message; null: taken
  } kSteps[] = {
      {"http_a", 1, nullptr},
      {"http_b", 1, nullptr},
      {"http_c", 1, "2 active series; raise hard 2 of metrics http_.* in admission.budgets"},
      {"grpc_a", 1, nullptr},
      {"grpc_a", 2, nullptr},
      {"grpc_a", 3, "2 values of user_id; drop the label, or raise hard 2 in admission.budgets"},
      {"grpc_b", 2, nullptr},  // a value that is there
      {"up", 1, "5 active series; raise series.hard 5 in admission.budgets"},
  };
  for (const auto& step : kSteps) {
    SCOPED_TRACE(std::string(step.metric) + std::to_string(step.user));
    const Status status = budget->Admit("t", Series(step.metric, step.user));
    if (step.refused == nullptr) {
      EXPECT_TRUE(status.ok()) << status;
      continue;
    }
    EXPECT_EQ(status.code(), StatusCode::kOutOfRange);
    EXPECT_EQ(MessageOf(status), step.refused);
  }
  EXPECT_EQ(Told(*budget, "t"), "tenant   5; metrics  http_.* 2; label user_id grpc_.* 2; ");
  EXPECT_TRUE(budget->Admit("other", Series("up", 1)).ok());
  budget->Forget("t", Series("http_a", 1));
  EXPECT_TRUE(budget->Admit("t", Series("http_c", 1)).ok());
  for (const Metrics::Family& family : metrics.Collect()) {
    if (family.name != "tidemark_admission_series_refused_total") continue;
    for (const Metrics::Child& child : family.children) EXPECT_EQ(child.value, 1);
  }
}

TEST(Budget, KeepsAReserveForCriticalMetrics) {
  const auto budget =
      Make("default: { series: { hard: 4, reserve: 2 }, critical: [ \"pay_.*\" ] }");
  EXPECT_TRUE(budget->Admit("t", Series("up", 1)).ok());
  EXPECT_TRUE(budget->Admit("t", Series("up", 2)).ok());
  EXPECT_THAT(std::string(MessageOf(budget->Admit("t", Series("up", 3)))),
              HasSubstr("less its reserve of 2"));
  EXPECT_TRUE(budget->Admit("t", Series("pay_total", 1)).ok());
  EXPECT_TRUE(budget->Admit("t", Series("pay_total", 2)).ok());
  EXPECT_FALSE(budget->Admit("t", Series("pay_total", 3)).ok());
}

TEST(Budget, SoftLimitsOnlyCount) {
  const auto budget = Make("default: { series: { soft: 1 } }");
  Metrics metrics;
  budget->AddMetrics(metrics);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(budget->Admit("t", Series("up", i)).ok());
  for (const Metrics::Family& family : metrics.Collect()) {
    if (family.name != "tidemark_admission_series_past_soft_total") continue;
    ASSERT_EQ(family.children.size(), 3u);
    for (const Metrics::Child& child : family.children) {
      EXPECT_EQ(child.value, child.labels[0].second == "tenant" ? 2 : 0);
    }
  }
}

TEST(Budget, KnownSeriesAreNeverRefused) {
  const auto budget = Make("default: { series: { hard: 1 } }");
  for (int i = 0; i < 3; ++i) budget->Note("t", Series("up", i));
  EXPECT_EQ(Told(*budget, "t"), "tenant   3; ");
  EXPECT_FALSE(budget->Admit("t", Series("up", 9)).ok());
}

TEST(Budget, CountsWhatAPlainModelCounts) {
  const auto budget = Make(R"(
default:
  metrics: [ { pattern: "m[0-4]", hard: 20 } ]
  labels: [ { name: user_id, metrics: "m[3-9]", hard: 10 } ]
)");
  std::mt19937_64 random(7);
  std::set<std::pair<int, int>> active;  // metric, user
  for (int step = 0; step < 5000; ++step) {
    const int metric = static_cast<int>(random() % 10);
    const int user = static_cast<int>(random() % 15);
    const Labels labels = Series("m" + std::to_string(metric), user);
    if (active.contains({metric, user})) {
      budget->Forget("t", labels);
      active.erase({metric, user});
      continue;
    }
    size_t matching = 0;
    std::set<int> users;
    for (const auto& [m, u] : active) {
      matching += m <= 4 ? 1 : 0;
      if (m >= 3) users.insert(u);
    }
    const bool fits =
        (metric > 4 || matching < 20) && (metric < 3 || users.size() < 10 || users.contains(user));
    ASSERT_EQ(budget->Admit("t", labels).ok(), fits) << step;
    if (fits) active.insert({metric, user});
    ASSERT_EQ(budget->Usage("t")[0].used, active.size());
  }
}

}  // namespace
}  // namespace tidemark::server
