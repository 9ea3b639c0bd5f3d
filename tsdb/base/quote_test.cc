#include "tsdb/base/quote.h"

#include <gtest/gtest.h>

namespace tidemark {
namespace {

TEST(QuoteTest, EscapesAsGoDoes) {
  const struct {
    const char* name;
    std::string text;
    std::string quoted;
  } cases[] = {
      {"empty", "", R"("")"},
      {"plain", "a b", R"("a b")"},
      {"letters", "\a\b\f\n\r\t\v", R"("\a\b\f\n\r\t\v")"},
      {"quote and backslash", "\"\\'", R"("\"\\'")"},
      {"control", std::string("\0\x1f\x7f", 3), R"("\x00\x1f\x7f")"},
      {"printable", "é€😀", "\"é€😀\""},
      {"next line", "\xc2\x85", R"("\u0085")"},
      {"no-break space", "\xc2\xa0", R"("\u00a0")"},
      {"byte order mark", "\xef\xbb\xbf", R"("\ufeff")"},
      {"private plane", "\xf3\xb0\x80\x80", R"("\U000f0000")"},
      {"replacement character", "\xef\xbf\xbd", "\"\xef\xbf\xbd\""},
      {"lone continuation", "\x80", R"("\x80")"},
      {"cut", "a\xe2\x82", R"("a\xe2\x82")"},
      {"overlong", "\xc0\x80", R"("\xc0\x80")"},
      {"surrogate", "\xed\xa0\x80", R"("\xed\xa0\x80")"},
      {"above unicode", "\xf4\x90\x80\x80", R"("\xf4\x90\x80\x80")"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Quoted(c.text), c.quoted);
  }
}

TEST(QuoteTest, Identifiers) {
  for (const char* name : {"a", "_", "__name__", "A9_z"}) EXPECT_TRUE(IsIdentifier(name)) << name;
  for (const char* name : {"", "9a", "a:b", "a.b", "ä", "a b"}) {
    EXPECT_FALSE(IsIdentifier(name)) << name;
  }
}

}  // namespace
}  // namespace tidemark
