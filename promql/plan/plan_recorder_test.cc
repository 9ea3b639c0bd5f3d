#include "promql/plan/plan_recorder.h"

#include <gmock/gmock.h>

#include "promql/testing/query_harness.h"

namespace tidemark::promql {
namespace {

constexpr int64_t kMinute = 60'000;

// The plan as PlanText has it, its times left out.
std::string Explained(QueryHarness& q, const char* expr, Explain explain) {
  FakeClock clock(0);
  q.options.clock = &clock;
  const auto result = q.Execute(
      {.expr = expr, .start = 0, .end = 4 * kMinute, .step_ms = kMinute, .explain = explain});
  if (!result.ok()) return std::string(MessageOf(result.status()));
  return result->plan == nullptr ? "no plan" : PlanText(*result->plan);
}

class PlanRecorderTest : public testing::Test {
 protected:
  PlanRecorderTest() {
    q_.Load({{"__name__", "x"}, {"i", "1"}}, 0, kMinute, {1, 2, 3, 4, 5});
    q_.Load({{"__name__", "x"}, {"i", "2"}}, 0, kMinute, {1, 2, 3});
  }
  QueryHarness q_;
};

TEST_F(PlanRecorderTest, EstimatesWithoutReading) {
  EXPECT_EQ(
      Explained(q_, "sum(rate(x[2m])) + 1", Explain::kPlan),
      "binary sum(rate(x[2m])) + 1: 5 steps, series 0 (estimated 1), samples 0 (estimated 5), "
      "0.000 ms\n"
      "  aggregation sum(rate(x[2m])): 5 steps, series 0 (estimated 1), samples 0 (estimated "
      "5), 0.000 ms\n"
      "    function rate(x[2m]): 5 steps, series 0 (estimated 2), samples 0 (estimated 10), "
      "0.000 ms\n"
      "      range selector x[2m] from raw: 5 steps, series 0 (estimated 2), samples 0 "
      "(estimated 10), 0.000 ms\n");
  EXPECT_EQ(Explained(q_, "1", Explain::kPlan), "no plan");
}

TEST_F(PlanRecorderTest, AnalyzesWhatItRan) {
  EXPECT_EQ(
      Explained(q_, "sum by (i) (x @ 0) or x{i=\"1\"}", Explain::kAnalyze),
      "binary sum by (i) (x @ 0.000) or x{i=\"1\"}: 5 steps, series 3 (estimated 3), samples 10 "
      "(estimated 15), 0.000 ms\n"
      "  aggregation sum by (i) (x @ 0.000): 1 steps, series 2 (estimated 2), samples 2 "
      "(estimated 2), 0.000 ms\n"
      "    instant selector x @ 0.000 from raw: 1 steps, series 2 (estimated 2), samples 2 "
      "(estimated 2), 0.000 ms\n"
      "  instant selector x{i=\"1\"} from raw: 5 steps, series 1 (estimated 1), samples 5 "
      "(estimated 5), 0.000 ms\n");
  EXPECT_THAT(Explained(q_, "max_over_time(x[2m:1m])", Explain::kAnalyze),
              testing::HasSubstr("subquery x[2m:1m]: 5 steps, series 2 (estimated 2)"));
}

TEST_F(PlanRecorderTest, ChangesNoAnswer) {
  for (const char* expr : {"sum(rate(x[2m]))", "x or x offset 1m", "max_over_time(x[2m:1m])"}) {
    QueryRequest request{.expr = expr, .start = 0, .end = 4 * kMinute, .step_ms = kMinute};
    const auto plain = q_.Execute(request);
    request.explain = Explain::kAnalyze;
    const auto analyzed = q_.Execute(request);
    ASSERT_TRUE(plain.ok() && analyzed.ok());
    EXPECT_EQ(std::get<Matrix>(plain->value).series.size(),
              std::get<Matrix>(analyzed->value).series.size());
    EXPECT_EQ(plain->stats.total_samples, analyzed->stats.total_samples);
  }
}

}  // namespace
}  // namespace tidemark::promql
