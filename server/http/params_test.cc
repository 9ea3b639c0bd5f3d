#include "server/http/params.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

TEST(Unescape, DecodesOrNamesTheBadEscape) {
  struct Case {
    std::string_view in;
    bool plus_is_space;
    std::string_view out;  // or the error
    bool ok;
  };
  const Case cases[] = {
      {"", false, "", true},
      {"abc", false, "abc", true},
      {"a+b", false, "a+b", true},
      {"a+b", true, "a b", true},
      {"%41%5a%7e", false, "AZ~", true},
      {"%c3%A9", false, "\xc3\xa9", true},
      {"%2", false, "invalid URL escape \"%2\"", false},
      {"x%", false, "invalid URL escape \"%\"", false},
      {"%zz1", false, "invalid URL escape \"%zz\"", false},
      {"%u0041", false, "invalid URL escape \"%u0\"", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.in);
    const StatusOr<std::string> got = Unescape(c.in, c.plus_is_space);
    ASSERT_EQ(got.ok(), c.ok);
    EXPECT_EQ(c.ok ? *got : std::string(MessageOf(got.status())), c.out);
  }
}

TEST(ParseParams, KeepsOrderRepeatsAndEqualSigns) {
  HttpParams params;
  ASSERT_TRUE(
      ParseParams("query=up{a=\"b\"}&match[]=x&match[]=x&&flag&e=&q=1%2B1+a?b", params).ok());
  EXPECT_EQ(params, (HttpParams{{"query", "up{a=\"b\"}"},
                                {"match[]", "x"},
                                {"match[]", "x"},
                                {"flag", ""},
                                {"e", ""},
                                {"q", "1+1 a?b"}}));
}

TEST(ParseParams, RefusesBadEscapes) {
  HttpParams params;
  EXPECT_EQ(ParseParams("a=1&b=%g1", params).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseParams("%=1", params).code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tidemark::server
