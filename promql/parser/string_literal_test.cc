#include "promql/parser/string_literal.h"

#include <gtest/gtest.h>

#include <random>

#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

TEST(StringLiteralTest, Unquotes) {
  const struct {
    const char* literal;
    std::string text;
  } cases[] = {
      {"\"\"", ""},
      {"'a\"b'", "a\"b"},
      {"'it\\'s'", "it's"},
      {"`a\\n\nb`", "a\\n\nb"},
      {"\"\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\"", "\a\b\f\n\r\t\v\\\""},
      {"'\\x41\\101\\u00e9\\U0001F600'", "AAé😀"},
      {"'\\xff\\000'", std::string("\xff\0", 2)},
      {"'é'", "é"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.literal);
    const auto text = Unquote(c.literal);
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_EQ(*text, c.text);
  }
}

TEST(StringLiteralTest, RefusesWhatIsNoLiteral) {
  for (const char* literal :
       {"", "\"", "a", "\"a'", "aba", "'a'b'", "`a`b`", "'\n'", "'\\'", "'\\q'", "'\\\"'", "'\\x4'",
        "'\\xg0'", "'\\08'", "'\\400'", "'\\U00110000'", "'\\u12'"}) {
    SCOPED_TRACE(literal);
    EXPECT_EQ(Unquote(literal).status(), InvalidArgument("invalid syntax"));
  }
}

TEST(StringLiteralTest, UnquotesWhatQuotedGives) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 20, 0);
    for (char& c : text) c = static_cast<char>(random() >> random() % 8);
    EXPECT_EQ(*Unquote(Quoted(text)), text) << Quoted(text);
  }
}

TEST(StringLiteralTest, ShowsRunes) {
  const struct {
    Rune rune;
    const char* quoted;
    const char* described;
  } cases[] = {
      {'a', "'a'", "U+0061 'a'"},      {'\'', "'\\''", "U+0027 '''"},
      {'"', "'\"'", "U+0022 '\"'"},    {'\\', "'\\\\'", "U+005C '\\'"},
      {'\n', "'\\n'", "U+000A"},       {0, "'\\x00'", "U+0000"},
      {0xE9, "'é'", "U+00E9 'é'"},     {0x200B, "'\\u200b'", "U+200B"},
      {0x1F600, "'😀'", "U+1F600 '😀'"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(QuoteRune(c.rune), c.quoted);
    EXPECT_EQ(DescribeRune(c.rune), c.described);
  }
  EXPECT_EQ(QuoteRune(-1), "'\xef\xbf\xbd'");
}

}  // namespace
}  // namespace tidemark::promql
