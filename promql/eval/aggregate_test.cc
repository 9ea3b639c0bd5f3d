// Aggregations against grouping and calculating each step by itself.

#include "promql/eval/aggregate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "promql/functions/quantile.h"
#include "promql/testing/query_harness.h"
#include "promql/testing/random_vectors.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

constexpr size_t kSteps = 5;

double Mean(const std::vector<double>& values) {
  long double sum = 0;
  for (double v : values) sum += v;
  return static_cast<double>(sum / static_cast<long double>(values.size()));
}

double Variance(const std::vector<double>& values) {
  std::vector<double> squares;
  for (double v : values) squares.push_back((v - Mean(values)) * (v - Mean(values)));
  return Mean(squares);
}

double PlainAggregate(const std::string& op, std::vector<double> values) {
  const double n = static_cast<double>(values.size());
  if (op == "count") return n;
  if (op == "group") return 1;
  if (op == "sum") return Mean(values) * n;
  if (op == "avg") return Mean(values);
  if (op == "min") return *std::min_element(values.begin(), values.end());
  if (op == "max") return *std::max_element(values.begin(), values.end());
  if (op == "stdvar") return Variance(values);
  if (op == "stddev") return std::sqrt(Variance(values));
  return Quantile(0.3, values);
}

struct Grouping {
  std::vector<std::string> names;
  bool without = false;

  std::string Text() const {
    return fmt::format("{} ({})", without ? "without" : "by", fmt::join(names, ", "));
  }
  Labels Of(const Labels& labels) const {
    return without ? labels.DropMetricName().Drop(names) : labels.Keep(names);
  }
  std::map<Labels, PlainVector> Split(const PlainVector& at) const {
    std::map<Labels, PlainVector> groups;
    for (const auto& sample : at) groups[Of(sample.first)].insert(sample);
    return groups;
  }
};

Grouping RandomGrouping(std::mt19937_64& random) {
  Grouping grouping;
  grouping.without = random() % 2 == 0;
  if (random() % 2 == 0) grouping.names.push_back("x");
  if (random() % 2 == 0) grouping.names.push_back("y");
  return grouping;
}

std::vector<double> ValuesOf(const PlainVector& at) {
  std::vector<double> values;
  for (const auto& [labels, v] : at) values.push_back(v);
  return values;
}

class AggregateTest : public testing::Test {
 protected:
  PlainSteps Ask(const PlainSteps& data, const std::string& expr) {
    QueryHarness q;
    Load(data, q.storage);
    const StatusOr<QueryResult> result = q.Execute({.expr = expr,
                                                    .start = 0,
                                                    .end = (kSteps - 1) * kPlainStepMs,
                                                    .step_ms = kPlainStepMs,
                                                    .lookback_delta_ms = 1});
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? ToPlain(std::get<Matrix>(result->value), kSteps) : PlainSteps(kSteps);
  }

  std::mt19937_64 random_{42};
};

TEST_F(AggregateTest, GroupsAgreeWithCalculatingEachStep) {
  constexpr const char* kOps[] = {"sum",   "avg",    "count",  "min",     "max",
                                  "group", "stddev", "stdvar", "quantile"};
  for (int round = 0; round < 1000; ++round) {
    const std::string op = kOps[random_() % std::size(kOps)];
    const Grouping grouping = RandomGrouping(random_);
    const std::string expr =
        fmt::format("{} {} ({}m)", op, grouping.Text(), op == "quantile" ? "0.3, " : "");
    SCOPED_TRACE(fmt::format("round {}: {}", round, expr));
    const PlainSteps data = RandomVectors(random_, "m", kSteps);
    const PlainSteps got = Ask(data, expr);
    for (size_t step = 0; step < kSteps; ++step) {
      const auto groups = grouping.Split(data[step]);
      ASSERT_EQ(got[step].size(), groups.size());
      for (const auto& [labels, members] : groups) {
        ASSERT_EQ(got[step].count(labels), 1u);
        ASSERT_NEAR(got[step].at(labels), PlainAggregate(op, ValuesOf(members)), 1e-9);
      }
    }
  }
}

TEST_F(AggregateTest, TopAndLimitTakeThatManyOfEachGroup) {
  for (int round = 0; round < 1000; ++round) {
    const std::string op = std::vector<std::string>{"topk", "bottomk", "limitk"}[random_() % 3];
    const size_t k = random_() % 4;
    const Grouping grouping = RandomGrouping(random_);
    const std::string expr = fmt::format("{} {} ({}, m)", op, grouping.Text(), k);
    SCOPED_TRACE(fmt::format("round {}: {}", round, expr));
    const PlainSteps data = RandomVectors(random_, "m", kSteps);
    const PlainSteps got = Ask(data, expr);
    for (size_t step = 0; step < kSteps; ++step) {
      const auto chosen = grouping.Split(got[step]);
      for (const auto& [labels, members] : grouping.Split(data[step])) {
        std::vector<double> want = ValuesOf(members);
        std::sort(want.begin(), want.end());
        if (op == "topk") std::reverse(want.begin(), want.end());
        want.resize(std::min(k, want.size()));
        std::vector<double> took = ValuesOf(k == 0 ? PlainVector() : chosen.at(labels));
        std::sort(took.begin(), took.end());
        if (op == "topk") std::reverse(took.begin(), took.end());
        if (op == "limitk") {
          ASSERT_EQ(took.size(), want.size());
        } else {
          ASSERT_EQ(took, want) << "which of equals is taken may differ, values may not";
        }
      }
      for (const auto& [labels, v] : got[step]) ASSERT_EQ(data[step].at(labels), v);
    }
  }
}

TEST_F(AggregateTest, CountValuesCountsEverySample) {
  for (int round = 0; round < 300; ++round) {
    const PlainSteps data = RandomVectors(random_, "m", kSteps);
    const PlainSteps got = Ask(data, "count_values by (x) (\"value\", m)");
    for (size_t step = 0; step < kSteps; ++step) {
      PlainVector want;
      for (const auto& [labels, v] : data[step]) {
        const std::vector<std::string> kept = {"x"};
        ++want[labels.Keep(kept).With("value", fmt::format("{}", v))];
      }
      ASSERT_EQ(got[step], want);
    }
  }
}

TEST_F(AggregateTest, RatiosSplitTheInput) {
  for (int round = 0; round < 300; ++round) {
    const PlainSteps data = RandomVectors(random_, "m", kSteps);
    const double ratio = static_cast<double>(random_() % 9 + 1) / 10;
    const PlainSteps some = Ask(data, fmt::format("limit_ratio({}, m)", ratio));
    const PlainSteps rest = Ask(data, fmt::format("limit_ratio({}, m)", ratio - 1));
    for (size_t step = 0; step < kSteps; ++step) {
      PlainVector all = some[step];
      all.insert(rest[step].begin(), rest[step].end());
      ASSERT_EQ(all, data[step]);
      ASSERT_EQ(some[step].size() + rest[step].size(), all.size());
    }
  }
}

// What a query holds is given back, and counted while it is held.
TEST_F(AggregateTest, ObeysTheLimitOnSamples) {
  QueryHarness q;
  Load(RandomVectors(random_, "m", kSteps), q.storage);
  for (const char* expr : {"sum by (y) (m)", "topk(3, m)", "quantile(0.5, m)",
                           "count_values(\"v\", m)", "m + on(x, y) m", "m or m * 2"}) {
    SCOPED_TRACE(expr);
    QueryRequest request{
        .expr = expr, .start = 0, .end = (kSteps - 1) * kPlainStepMs, .step_ms = kPlainStepMs};
    q.options.max_samples = 1'000;
    EXPECT_TRUE(q.Execute(request).ok());
    q.options.max_samples = 1;
    EXPECT_EQ(q.Execute(request).status().code(), StatusCode::kFailedPrecondition);
  }
}

}  // namespace
}  // namespace tidemark::promql
