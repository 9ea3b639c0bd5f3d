#include "proto/utf8.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace tidemark::proto {
namespace {

using namespace std::string_view_literals;

TEST(Utf8Test, KnowsWhatIsValid) {
  const struct {
    const char* name;
    std::string_view bytes;
    bool valid;
  } kCases[] = {
      {"empty", ""sv, true},
      {"ascii", "http.server.duration"sv, true},
      {"a NUL", "a\0b"sv, true},
      {"two bytes", "caf\xc3\xa9"sv, true},
      {"three bytes", "\xe2\x82\xac and more text"sv, true},
      {"four bytes", "\xf0\x9f\x98\x80"sv, true},
      {"the last code point", "\xf4\x8f\xbf\xbf"sv, true},
      {"just past the last code point", "\xf4\x90\x80\x80"sv, false},
      {"a lone continuation", "abcdefgh\x80"sv, false},
      {"a lead byte alone", "abc\xc3"sv, false},
      {"cut after two of three", "abc\xe2\x82"sv, false},
      {"overlong slash in two", "\xc0\xaf"sv, false},
      {"overlong in three", "\xe0\x9f\xbf"sv, false},
      {"overlong in four", "\xf0\x8f\xbf\xbf"sv, false},
      {"a surrogate", "\xed\xa0\x80"sv, false},
      {"just before the surrogates", "\xed\x9f\xbf"sv, true},
      {"five byte form", "\xf8\x88\x80\x80\x80"sv, false},
      {"0xff", "\xff"sv, false},
      {"third byte is no continuation", "\xe2\x82g"sv, false},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(IsValidUtf8(c.bytes), c.valid);
  }
}

TEST(Utf8Test, EveryCodePointEncodedIsValid) {
  for (uint32_t point = 0x800; point < 0x110000; point += 37) {
    if (point >= 0xd800 && point < 0xe000) continue;
    std::string bytes;
    if (point < 0x10000) {
      bytes += static_cast<char>(0xe0 | point >> 12);
    } else {
      bytes += static_cast<char>(0xf0 | point >> 18);
      bytes += static_cast<char>(0x80 | (point >> 12 & 0x3f));
    }
    bytes += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    bytes += static_cast<char>(0x80 | (point & 0x3f));
    EXPECT_TRUE(IsValidUtf8(bytes)) << point;
  }
}

TEST(Utf8Test, IsAsciiSeesEveryByte) {
  for (size_t size = 0; size < 40; ++size) {
    std::string text(size, 'x');
    EXPECT_TRUE(IsAscii(text));
    for (size_t i = 0; i < size; ++i) {
      text[i] = '\x80';
      EXPECT_FALSE(IsAscii(text)) << i << " of " << size;
      text[i] = 'x';
    }
  }
}

}  // namespace
}  // namespace tidemark::proto
