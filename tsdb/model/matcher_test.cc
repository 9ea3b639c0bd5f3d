#include "tsdb/model/matcher.h"

#include <gtest/gtest.h>

namespace tidemark::tsdb {
namespace {

using Op = Matcher::Op;

TEST(MatcherTest, Matches) {
  const struct {
    Op op;
    const char* pattern;
    const char* value;
    bool matches;
  } cases[] = {
      {Op::kEqual, "a", "a", true},
      {Op::kEqual, "a", "ab", false},
      {Op::kEqual, "", "", true},
      {Op::kNotEqual, "a", "", true},
      {Op::kNotEqual, "a", "a", false},
      {Op::kRegex, "eu-.*", "eu-west-1", true},
      {Op::kRegex, "eu", "eu-west-1", false},
      {Op::kRegex, "west", "eu-west", false},
      {Op::kRegex, "a|b", "b", true},
      {Op::kRegex, "a|b", "ab", false},
      {Op::kRegex, "a.b", "a\nb", true},
      {Op::kRegex, "(?i)EU", "eu", true},
      {Op::kRegex, "EU", "eu", false},
      {Op::kRegex, "", "", true},
      {Op::kRegex, ".*", "", true},
      {Op::kRegex, ".+", "", false},
      {Op::kRegex, "^a$", "a", true},
      {Op::kRegex, "é.", "éß", true},
      {Op::kRegex, R"(\d{3})", "404", true},
      {Op::kNotRegex, "eu-.*", "us-east-1", true},
      {Op::kNotRegex, "eu-.*", "eu-", false},
  };
  for (const auto& c : cases) {
    const auto matcher = Matcher::Make(c.op, "n", c.pattern);
    ASSERT_TRUE(matcher.ok()) << c.pattern;
    EXPECT_EQ(matcher->Matches(c.value), c.matches) << matcher->ToString() << " on " << c.value;
    EXPECT_EQ(matcher->MatchesEmpty(), matcher->Matches(""));
  }
}

TEST(MatcherTest, BadExpressionsSayWhatGoSays) {
  const struct {
    const char* pattern;
    const char* message;
  } cases[] = {
      {"(", "error parsing regexp: missing closing ): `(`"},
      {"a)", "error parsing regexp: unexpected ): `a)`"},
      {"[a", "error parsing regexp: missing closing ]: `[a`"},
      {"*", "error parsing regexp: missing argument to repetition operator: `*`"},
      {"a{1001}", "error parsing regexp: invalid repeat count: `{1001}`"},
      {"(?=a)", "error parsing regexp: invalid or unsupported Perl syntax: `(?=`"},
      {R"(\y)", R"(error parsing regexp: invalid escape sequence: `\y`)"},
  };
  for (const auto& c : cases) {
    const auto matcher = Matcher::Make(Op::kRegex, "n", c.pattern);
    EXPECT_EQ(matcher.status().code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(MessageOf(matcher.status()), c.message);
  }
}

TEST(MatcherTest, ToStringAndEquality) {
  EXPECT_EQ(Matcher::Equal("job", "a\"b").ToString(), R"(job="a\"b")");
  EXPECT_EQ(Matcher::Make(Op::kNotRegex, "service.name", "x.*")->ToString(),
            R"("service.name"!~"x.*")");
  EXPECT_EQ(Matcher::Make(Op::kNotEqual, "a", "")->ToString(), R"(a!="")");
  EXPECT_EQ(Matcher::Equal("a", "b"), *Matcher::Make(Op::kEqual, "a", "b"));
  EXPECT_FALSE(Matcher::Equal("a", "b") == *Matcher::Make(Op::kRegex, "a", "b"));
}

}  // namespace
}  // namespace tidemark::tsdb
