#include "promql/functions/label.h"

#include <gtest/gtest.h>

#include "promql/testing/query_harness.h"

namespace tidemark::promql {
namespace {

TEST(LabelTest, Results) {
  QueryHarness q;
  q.Load({{"__name__", "x"}, {"a", "one-two"}, {"b", "z"}}, 0, 1, {1});
  const struct {
    const char* expr;
    const char* expected;
  } cases[] = {
      {R"q(label_replace(x, "c", "$2", "a", "(.*)-(.*)"))q",
       "{__name__=\"x\", a=\"one-two\", b=\"z\", c=\"two\"} 1\n"},
      {R"q(label_replace(x, "b", "${y}!", "a", "(?P<y>o.*)-t.o"))q",
       "{__name__=\"x\", a=\"one-two\", b=\"one!\"} 1\n"},
      {R"q(label_replace(x, "b", "", "a", ".*"))q", "{__name__=\"x\", a=\"one-two\"} 1\n"},
      {R"q(label_replace(x, "b", "new", "a", "one"))q",
       "{__name__=\"x\", a=\"one-two\", b=\"z\"} 1\n"},
      {R"q(label_replace(x, "c", "none", "nope", ""))q",
       "{__name__=\"x\", a=\"one-two\", b=\"z\", c=\"none\"} 1\n"},
      {R"q(label_replace(x, "__name__", "y", "b", "z"))q",
       "{__name__=\"y\", a=\"one-two\", b=\"z\"} 1\n"},
      {R"q(label_replace(x, "c", "$1", "a", "(one"))q",
       "error: FAILED_PRECONDITION: invalid regular expression in label_replace(): (one\n"},
      {R"q(label_replace(x, "", "$1", "a", "one"))q",
       "error: FAILED_PRECONDITION: invalid destination label name in label_replace(): \n"},
      {R"q(label_join(x, "c", "/", "b", "nope", "a"))q",
       "{__name__=\"x\", a=\"one-two\", b=\"z\", c=\"z//one-two\"} 1\n"},
      {R"q(label_join(x, "a", ","))q", "{__name__=\"x\", b=\"z\"} 1\n"},
      {R"q(label_join(x, "c", "/", ""))q",
       "error: FAILED_PRECONDITION: invalid source label name in label_join(): \n"},
      {R"q(label_join(x, "", "/", "a"))q",
       "error: FAILED_PRECONDITION: invalid destination label name in label_join(): \n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.expr);
    EXPECT_EQ(q.Instant(c.expr, 0), c.expected);
  }
}

TEST(LabelTest, SeriesThatBecomeTheSame) {
  QueryHarness q;
  q.Load({{"__name__", "x"}, {"a", "1"}}, 0, 1, {1});
  q.Load({{"__name__", "x"}, {"a", "2"}}, 400'000, 1, {2});
  const char* expr = R"q(label_replace(x, "a", "", "a", ".*"))q";
  EXPECT_EQ(q.Range(expr, 0, 400'000, 400'000), "{__name__=\"x\"} 1@0 2@400\n");
  q.Load({{"__name__", "x"}, {"a", "3"}}, 400'000, 1, {3});
  EXPECT_EQ(q.Range(expr, 0, 400'000, 400'000),
            "error: FAILED_PRECONDITION: vector cannot contain metrics with the same labelset\n");
}

}  // namespace
}  // namespace tidemark::promql
