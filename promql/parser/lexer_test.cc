#include "promql/parser/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tidemark::promql {
namespace {

// Descriptions of all tokens, the end left out, an error as its message.
std::vector<std::string> Lex(std::string_view text) {
  std::vector<std::string> out;
  Lexer lexer(text);
  for (Token t = lexer.Next(); t.type != TokenType::kEof; t = lexer.Next()) {
    out.push_back(Describe(t));
    if (t.type == TokenType::kError) break;
  }
  return out;
}

TEST(LexerTest, Tokens) {
  const struct {
    const char* text;
    std::vector<std::string> tokens;
  } cases[] = {
      {"", {}},
      {" \t\r\n", {}},
      {"# a comment", {}},
      {"+-*/%^@", {"<op:+>", "<op:->", "<op:*>", "<op:/>", "<op:%>", "<op:^>", "<op:@>"}},
      {"== != < <= > >= </ >/",
       {"<op:==>", "<op:!=>", "<op:<>", "<op:<=>", "<op:>>", "<op:>=>", "<op:</>", "<op:>/>"}},
      {"AND atan2", {"<op:AND>", "<op:atan2>"}},
      {"sum By", {"<aggr:sum>", "<By>"}},
      {"up a:b", {"identifier \"up\"", "metric identifier \"a:b\""}},
      {"start step", {"\"start\"", "\"step\""}},
      {"1.5 inf 5m", {"number \"1.5\"", "number \"inf\"", "duration \"5m\""}},
      {"fill fill (1",
       {"identifier \"fill\"", "<fill>", "\"(\"", "number \"1\"", "unclosed left parenthesis"}},
      {"{sum=~'a'}", {"\"{\"", "identifier \"sum\"", "<op:=~>", "string \"'a'\"", "\"}\""}},
      {"{a!~`b`,}", {"\"{\"", "identifier \"a\"", "<op:!~>", "string \"`b`\"", "\",\"", "\"}\""}},
      {"[ 5m:step() ]",
       {"\"[\"", "duration \"5m\"", "\":\"", "\"step\"", "\"(\"", "\")\"", "\"]\""}},
      {"[max_of(1,2)]",
       {"\"[\"", "\"max_of\"", "\"(\"", "number \"1\"", "\",\"", "number \"2\"", "\")\"", "\"]\""}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(Lex(c.text), c.tokens);
  }
}

TEST(LexerTest, NumbersAndDurations) {
  for (const char* text : {"1", "1.", ".5", "1e3", "1E-3", "1_000", "0x1f", "0X_1F", "08"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(Lexer(text).Next().type, TokenType::kNumber);
  }
  for (const char* text : {"5m", "1h30m", "500ms", "1y2w3d4h5m6s7ms", "1s1m"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(Lexer(text).Next().type, TokenType::kDuration);
  }
  const struct {
    const char* text;
    const char* shown;
  } bad[] = {{"1e", "1e"},      {"1..2", "1.."},   {"1__0", "1__"}, {"1_", "1_"},
             {"0x1.5", "0x1."}, {"1e+", "1e+"},    {"5mx", "5mx"},  {"5x", "5"},
             {"1m2", "1m2"},    {"1e1e1", "1e1e"}, {"1h2y", "1h2"}};
  for (const auto& c : bad) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(Lex(c.text), std::vector<std::string>{"bad number or duration syntax: \"" +
                                                    std::string(c.shown) + "\""});
  }
}

TEST(LexerTest, ErrorsSayWhatAndWhere) {
  const struct {
    const char* text;
    int32_t pos;
    const char* message;
  } cases[] = {
      {"a $", 2, "unexpected character: '$'"},
      {"a \xff", 2, "unexpected character: '\xef\xbf\xbd'"},
      {"=~", 0, "unexpected character after '=': '~'"},
      {"!a", 0, "unexpected character after '!': 'a'"},
      {"!", 0, "unexpected character after '!': '\xef\xbf\xbd'"},
      {"a)", 2, "unexpected right parenthesis ')'"},
      {"a]", 1, "unexpected right bracket ']'"},
      {"{{", 1, "unexpected left brace '{'"},
      {"{a!b", 2, "unexpected character after '!' inside braces: 'b'"},
      {"{5", 1, "unexpected character inside braces: '5'"},
      {"{", 1, "unexpected end of input inside braces"},
      {"[", 1, "unexpected end of input in duration expression"},
      {"[:", 2, "unexpected colon before duration in duration expression"},
      {"[up", 1, "unexpected character in duration expression: 'u'"},
      {"[\xc5\xb3", 1, "unexpected character in duration expression: '\xc5\xb3'"},
      {"[stop", 1, "unexpected character in duration expression: 's'"},
      {"[5m:5m:", 6, "unexpected colon ':'"},
      {"[5m[", 3, "unexpected left bracket '['"},
      {"[5m u", 4, "unexpected character: 'u', expected ':'"},
      {"[5m ", 4, "unclosed left bracket"},
      {"'a", 0, "unterminated quoted string"},
      {"'a\n'", 0, "unterminated quoted string"},
      {"`a", 0, "unterminated raw string"},
      {"'\xff'", 0, "invalid UTF-8 rune"},
      {"`\xff`", 0, "invalid UTF-8 rune"},
      {"'\\", 0, "escape sequence not terminated"},
      {"'\\x4", 0, "escape sequence not terminated"},
      {"'\\xg0'", 0, "illegal character U+0067 'g' in escape sequence"},
      {"'\\08'", 0, "illegal character U+0038 '8' in escape sequence"},
      {"'\\400'", 0, "escape sequence is an invalid Unicode code point"},
      {"'\\ud800'", 0, "escape sequence is an invalid Unicode code point"},
      {"'\\U00110000'", 0, "escape sequence is an invalid Unicode code point"},
      {"'\\\"'", 0, "unknown escape sequence U+0022 '\"'"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    Lexer lexer(c.text);
    Token token;
    do token = lexer.Next();
    while (token.type != TokenType::kError && token.type != TokenType::kEof);
    EXPECT_EQ(token.type, TokenType::kError);
    EXPECT_EQ(token.pos, c.pos);
    EXPECT_EQ(token.text, c.message);
  }
}

}  // namespace
}  // namespace tidemark::promql
