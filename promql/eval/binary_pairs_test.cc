#include "promql/eval/binary_pairs.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tidemark::promql {
namespace {

using tsdb::Labels;

BinaryExpr Expression(BinaryOp op, VectorMatching matching) {
  BinaryExpr expr;
  expr.op = op;
  expr.matching = std::move(matching);
  return expr;
}

Labels Series(const char* name, const char* job, const char* extra = "") {
  return Labels::Must({{"__name__", name}, {"job", job}}).With("extra", extra);
}

Pairs PairsOf(const BinaryExpr& expr, const std::vector<Labels>& many,
              const std::vector<Labels>& one) {
  return MakePairs(expr, many, one, MakeSignatures(many, one, *expr.matching));
}

TEST(MatchLabels, OnAndIgnoring) {
  const Labels series = Series("up", "api", "x");
  VectorMatching matching;
  EXPECT_EQ(MatchLabels(series, matching), series.DropMetricName());
  matching.labels = {"extra"};
  EXPECT_EQ(MatchLabels(series, matching), Labels::Must({{"job", "api"}}));
  matching.on = true;
  EXPECT_EQ(MatchLabels(series, matching), Labels::Must({{"extra", "x"}}));
}

TEST(MakePairs, OneToOneWhereBothSidesHaveTheSignature) {
  const Pairs pairs = PairsOf(Expression(BinaryOp::kAdd, {}), {Series("l", "a"), Series("l", "b")},
                              {Series("r", "b"), Series("r", "c")});
  ASSERT_EQ(pairs.pairs.size(), 1u);
  EXPECT_EQ(pairs.pairs[0].many, 1u);
  EXPECT_EQ(pairs.pairs[0].one, Pair::kAnyOrFill);
  EXPECT_EQ(pairs.pairs[0].rivals, Pair::kNoRivals);
  EXPECT_EQ(pairs.labels[0], Labels::Must({{"job", "b"}}));
}

TEST(MakePairs, AComparisonKeepsTheName) {
  const std::vector<Labels> many = {Series("l", "a")};
  const std::vector<Labels> one = {Series("r", "a")};
  BinaryExpr expr = Expression(BinaryOp::kLess, {});
  EXPECT_EQ(PairsOf(expr, many, one).labels[0], many[0]);
  expr.return_bool = true;
  EXPECT_EQ(PairsOf(expr, many, one).labels[0], Labels::Must({{"job", "a"}}));
}

TEST(MakePairs, RivalsAreThoseThatCouldMeet) {
  VectorMatching matching;
  matching.on = true;
  matching.labels = {"job"};
  const std::vector<Labels> many = {Series("l", "a", "1"), Series("l", "a", "2"),
                                    Series("l", "b", "3")};
  const std::vector<Labels> one = {Series("r", "a"), Series("r", "b")};
  Pairs pairs = PairsOf(Expression(BinaryOp::kAdd, matching), many, one);
  ASSERT_EQ(pairs.pairs.size(), 3u);
  EXPECT_EQ(pairs.pairs[0].rivals, 0u);
  EXPECT_EQ(pairs.pairs[1].rivals, 0u);
  EXPECT_EQ(pairs.pairs[2].rivals, Pair::kNoRivals);

  matching.card = MatchCardinality::kManyToOne;
  pairs = PairsOf(Expression(BinaryOp::kAdd, matching), many, one);
  EXPECT_EQ(pairs.rivals, 0u) << "their labels differ";
  EXPECT_EQ(pairs.labels[1], many[1].DropMetricName());
}

TEST(MakePairs, IncludedLabelsMakeAPairPerSeries) {
  VectorMatching matching;
  matching.on = true;
  matching.labels = {"job"};
  matching.card = MatchCardinality::kManyToOne;
  matching.include = {"extra"};
  const Pairs pairs = PairsOf(Expression(BinaryOp::kMul, matching), {Series("l", "a", "old")},
                              {Series("r", "a", "x"), Series("r", "a", "y"), Series("s", "a")});
  ASSERT_EQ(pairs.pairs.size(), 3u);
  EXPECT_EQ(pairs.labels[0], Labels::Must({{"extra", "x"}, {"job", "a"}}));
  EXPECT_EQ(pairs.labels[1], Labels::Must({{"extra", "y"}, {"job", "a"}}));
  EXPECT_EQ(pairs.labels[2], Labels::Must({{"job", "a"}})) << "absent there, removed here";
}

TEST(MakePairs, FillValuesMakePairsOfOneSide) {
  VectorMatching matching;
  matching.fill_left = 0;
  matching.fill_right = 0;
  const Pairs pairs =
      PairsOf(Expression(BinaryOp::kAdd, matching), {Series("l", "a")}, {Series("r", "b")});
  ASSERT_EQ(pairs.pairs.size(), 2u);
  EXPECT_EQ(pairs.pairs[0].many, 0u);
  EXPECT_EQ(pairs.pairs[0].one, Pair::kAnyOrFill);
  EXPECT_EQ(pairs.pairs[1].many, Pair::kFill);
  EXPECT_EQ(pairs.pairs[1].one, 0u);
  EXPECT_EQ(pairs.labels[1], Labels::Must({{"job", "b"}}));
}

}  // namespace
}  // namespace tidemark::promql
