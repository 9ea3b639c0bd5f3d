#include "promql/testing/random_expr.h"

#include <gtest/gtest.h>

#include <set>

#include "promql/parser/parse.h"

namespace tidemark::promql {
namespace {

TEST(RandomExprTest, HaveTheTypeAskedFor) {
  for (const ValueType type :
       {ValueType::kScalar, ValueType::kVector, ValueType::kMatrix, ValueType::kString}) {
    RandomExprs exprs(1, {});
    for (int i = 0; i < 500; ++i) {
      const std::string text = exprs.Next(type, 3);
      const auto expr = ParseExpr(text, {});
      ASSERT_TRUE(expr.ok()) << text << ": " << expr.status();
      EXPECT_EQ((*expr)->type(), type) << text;
    }
  }
}

TEST(RandomExprTest, AreReproducibleAndDiffer) {
  RandomExprs a(7, {});
  RandomExprs b(7, {});
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string text = a.Next(ValueType::kVector, 3);
    EXPECT_EQ(text, b.Next(ValueType::kVector, 3));
    seen.insert(text);
  }
  EXPECT_GT(seen.size(), 80u);
}

TEST(RandomExprTest, UseFeaturesOnlyWhenAskedTo) {
  const ParserOptions all = {.experimental_functions = true,
                             .duration_expressions = true,
                             .extended_range_selectors = true,
                             .binary_fill_modifiers = true};
  RandomExprs exprs(2, {.features = all});
  int need_a_feature = 0;
  for (int i = 0; i < 500; ++i) {
    const std::string text = exprs.Next(ValueType::kVector, 3);
    EXPECT_TRUE(ParseExpr(text, all).ok()) << text;
    need_a_feature += ParseExpr(text, {}).ok() ? 0 : 1;
  }
  EXPECT_GT(need_a_feature, 50);
}

}  // namespace
}  // namespace tidemark::promql
