#include "promql/parser/rune.h"

#include <gtest/gtest.h>

namespace tidemark::promql {
namespace {

TEST(RuneTest, DecodesWhatWasAppended) {
  for (const Rune rune : {0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, kMaxRune}) {
    std::string text;
    AppendRune(rune, text);
    const DecodedRune decoded = DecodeRune(text + "x");
    EXPECT_EQ(decoded.rune, rune);
    EXPECT_EQ(static_cast<size_t>(decoded.width), text.size());
    EXPECT_TRUE(IsValidUtf8(text));
  }
}

TEST(RuneTest, AppendsErrorForWhatIsNone) {
  for (const Rune rune : {-1, 0xD800, 0xDFFF, kMaxRune + 1}) {
    std::string text;
    AppendRune(rune, text);
    EXPECT_EQ(text, "\xef\xbf\xbd");
  }
}

TEST(RuneTest, InvalidBytesAreErrorsOfOneByte) {
  for (const char* text :
       {"\x80", "\xff", "\xc3", "\xc3(", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82"}) {
    SCOPED_TRACE(text);
    const DecodedRune decoded = DecodeRune(text);
    EXPECT_EQ(decoded.rune, kRuneError);
    EXPECT_EQ(decoded.width, 1);
    EXPECT_FALSE(IsValidUtf8(text));
  }
  EXPECT_TRUE(IsValidUtf8("\xef\xbf\xbd")) << "the replacement character itself";
  EXPECT_TRUE(IsValidUtf8(""));
}

}  // namespace
}  // namespace tidemark::promql
