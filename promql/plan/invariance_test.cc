#include "promql/plan/invariance.h"

#include <gtest/gtest.h>

#include "promql/parser/parse.h"

namespace tidemark::promql {
namespace {

TEST(InvarianceTest, WhatDoesNotDependOnTheStep) {
  const struct {
    const char* expr;
    bool expected;
  } cases[] = {
      {"1", true},
      {"x", false},
      {"x @ 10", true},
      {"x @ start()", true},
      {"-(x @ 10)", true},
      {"x @ 10 + y", false},
      {"x @ 10 + 1", true},
      {"sum(x @ 10)", true},
      {"rate(x[1m] @ 10)", true},
      {"rate(x[1m])", false},
      {"sum_over_time(x[1m:10s] @ 10)", true},
      {"sum_over_time((x @ 10)[1m:10s])", false},
      {"quantile_over_time(scalar(x), y[1m] @ 10)", false},
      {"time()", false},
      {"hour()", false},
      {"hour(x @ 10)", false},
      {"pi()", true},
      {"start() + step()", true},
      {"timestamp(x @ 10)", true},
      {"timestamp(abs(x @ 10))", false},
      {"predict_linear(x[1m] @ 10, 60)", false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expr);
    const auto expr = ParseExpr(c.expr, {.experimental_functions = true});
    ASSERT_TRUE(expr.ok()) << expr.status();
    EXPECT_EQ(IsStepInvariant(**expr), c.expected);
  }
}

}  // namespace
}  // namespace tidemark::promql
