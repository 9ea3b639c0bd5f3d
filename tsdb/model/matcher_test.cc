#include "tsdb/model/matcher.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <vector>

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

TEST(MatcherTest, LiteralsAndBounds) {
  const struct {
    const char* pattern;
    std::vector<std::string> literals;  // empty: none known
    const char* low;
    const char* high;  // "": no end
  } cases[] = {
      {"b|a|b", {"a", "b"}, "", ""},
      {"a(b|c)?d", {"abd", "acd", "ad"}, "", ""},
      {"^eu-[1-3]$", {"eu-1", "eu-2", "eu-3"}, "", ""},
      {R"(a\.b)", {"a.b"}, "", ""},
      {"eu-.*", {}, "eu-", "eu-\xff"},
      {"ab.*|a.*|aa", {}, "a", "ab\xff"},
      {"x|.*y", {}, "", ""},
      {R"(eu\d+)", {}, "eu0", "eu9"},
      {".*", {}, "", ""},
      {".+", {}, "", ""},
      {".+.+", {}, "", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.pattern);
    const auto matcher = Matcher::Make(Op::kRegex, "n", c.pattern);
    ASSERT_TRUE(matcher.ok());
    EXPECT_EQ(matcher->literals() == nullptr ? std::vector<std::string>() : *matcher->literals(),
              c.literals);
    if (matcher->literals() != nullptr) continue;
    EXPECT_EQ(matcher->bounds().low, c.low);
    const std::string* high = matcher->bounds().high;
    EXPECT_LE(c.high, high == nullptr ? std::string() : *high);
    EXPECT_EQ(high == nullptr, std::string_view(c.high).empty());
  }
}

// Pieces of expressions, put together at random; most of them are valid.
std::string RandomExpression(std::mt19937_64& random) {
  static const char* const kPieces[] = {"a",  "b",   "ab", "é",         ".*",   ".+",    "|",
                                        "(",  ")",   "?",  "(?:",       "[ab]", "[a-c]", "^",
                                        "$",  "\\.", ".",  "(?i)",      "*",    "a{2}",  "(a|b)",
                                        "b?", "|a",  "c",  "(?:a.*|b)", "[^a]", "(b|)",  ".*?"};
  std::string out;
  for (uint64_t n = random() % 7; n > 0; --n) out += kPieces[random() % std::size(kPieces)];
  return out;
}

TEST(MatcherTest, RandomExpressionsMatchAsInRe2) {
  std::mt19937_64 random(5);
  RE2::Options options(RE2::Quiet);
  options.set_dot_nl(true);
  static const char* const kPieces[] = {"a", "b", "c", "A", "é", ".", "\n"};
  for (int round = 0; round < 20'000; ++round) {
    const std::string expression = RandomExpression(random);
    SCOPED_TRACE(expression);
    const RE2 plain(expression, options);
    const auto matcher = Matcher::Make(Op::kRegex, "n", expression);
    ASSERT_EQ(matcher.ok(), plain.ok());
    if (!plain.ok()) continue;
    for (int i = 0; i < 20; ++i) {
      std::string value;
      for (uint64_t n = random() % 6; n > 0; --n) value += kPieces[random() % std::size(kPieces)];
      const bool matches = RE2::FullMatch(value, plain);
      ASSERT_EQ(matcher->Matches(value), matches) << value;
      if (!matches) continue;
      EXPECT_GE(value, matcher->bounds().low);
      const std::string* high = matcher->bounds().high;
      EXPECT_TRUE(high == nullptr || value <= *high) << value;
      if (const auto* literals = matcher->literals()) {
        EXPECT_TRUE(std::binary_search(literals->begin(), literals->end(), value));
      }
    }
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
