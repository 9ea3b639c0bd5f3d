#include "promql/parser/functions.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tidemark::promql {
namespace {

TEST(FunctionsTest, FindsEachByItsName) {
  for (const Function* f : AllFunctions()) EXPECT_EQ(FindFunction(f->name), f) << f->name;
}

TEST(FunctionsTest, AreInOrderOfName) {
  const auto all = AllFunctions();
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Function* a, const Function* b) {
    return a->name < b->name;
  }));
}

TEST(FunctionsTest, KnowsNoOthers) {
  for (const char* name : {"", "Rate", "rate ", "holt_winters", "zzz", "sum"}) {
    EXPECT_EQ(FindFunction(name), nullptr) << name;
  }
}

TEST(FunctionsTest, Signatures) {
  const struct {
    const char* name;
    std::vector<ValueType> args;
    int variadic;
    ValueType result;
    bool experimental;
  } cases[] = {
      {"rate", {ValueType::kMatrix}, 0, ValueType::kVector, false},
      {"time", {}, 0, ValueType::kScalar, false},
      {"scalar", {ValueType::kVector}, 0, ValueType::kScalar, false},
      {"round", {ValueType::kVector, ValueType::kScalar}, 1, ValueType::kVector, false},
      {"quantile_over_time",
       {ValueType::kScalar, ValueType::kMatrix},
       0,
       ValueType::kVector,
       false},
      {"sort_by_label", {ValueType::kVector, ValueType::kString}, -1, ValueType::kVector, true},
      {"info", {ValueType::kVector, ValueType::kVector}, 1, ValueType::kVector, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Function* f = FindFunction(c.name);
    ASSERT_NE(f, nullptr);
    EXPECT_EQ(f->arg_types, c.args);
    EXPECT_EQ(f->variadic, c.variadic);
    EXPECT_EQ(f->return_type, c.result);
    EXPECT_EQ(f->experimental, c.experimental);
  }
}

}  // namespace
}  // namespace tidemark::promql
