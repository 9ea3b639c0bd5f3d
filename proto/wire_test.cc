#include "proto/wire.h"

#include <gtest/gtest.h>

namespace tidemark::proto {
namespace {

using namespace std::string_view_literals;

// Reads one field of `message` and passes over it, then one more.
std::string SkipAll(std::string_view message) {
  WireError error;
  WireReader in(message, message.data(), &error);
  while (in.Next() && in.Skip()) {
  }
  return error.text();
}

TEST(WireTest, SkipsEveryWireType) {
  EXPECT_EQ(SkipAll("\x08\x96\x01"sv), "");                       // varint
  EXPECT_EQ(SkipAll("\x09\1\2\3\4\5\6\7\x08"sv), "");             // fixed64
  EXPECT_EQ(SkipAll("\x0a\x03xyz"sv), "");                        // bytes
  EXPECT_EQ(SkipAll("\x0d\1\2\3\4"sv), "");                       // fixed32
  EXPECT_EQ(SkipAll("\x0b\x08\x01\x13\x0a\x01x\x14\x0c"sv), "");  // a group in a group
  EXPECT_EQ(SkipAll("\xf8\xff\xff\xff\x0f\x01\x08\x01"sv), "");   // the highest field number
}

TEST(WireTest, NamesWhatIsWrongAndWhere) {
  const struct {
    const char* name;
    std::string_view message;
    const char* error;
  } kCases[] = {
      {"field 0", "\x08\x01\x02\x01"sv, "field number 0 at byte 0x2"},
      {"field 0 in two bytes", "\x87\x80\x00"sv, "field number 0 at byte 0x0"},
      {"field past the last", "\x88\x80\x80\x80\x10"sv, "field number 536870913 at byte 0x0"},
      {"wire type 6", "\x0e"sv, "field 1 has wire type 6 at byte 0x0"},
      {"end of a group that never began", "\x0c"sv, "field 1 has wire type 4 at byte 0x0"},
      {"a group that never ends", "\x0b\x08\x01"sv, "cut short at byte 0x3"},
      {"end of another group", "\x0b\x14"sv, "field 2 has wire type 4 at byte 0x1"},
      {"length past the end", "\x08\x01\x0a\x05xyz"sv, "length 5 past the end at byte 0x2"},
      {"huge length", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv,
       "length 18446744073709551615 past the end at byte 0x0"},
      {"varint of eleven bytes", "\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv,
       "varint longer than 64 bits at byte 0x1"},
      {"varint of 65 bits", "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv,
       "varint longer than 64 bits at byte 0x1"},
      {"no value", "\x08"sv, "cut short at byte 0x1"},
      {"half a varint", "\x08\x80"sv, "cut short at byte 0x2"},
      {"half a fixed64", "\x09\1\2\3"sv, "cut short at byte 0x1"},
      {"half a fixed32", "\x0d\1\2\3"sv, "cut short at byte 0x1"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(SkipAll(c.message), c.error);
  }
}

TEST(WireTest, GroupsNestedWithoutEndAreRefused) {
  EXPECT_EQ(SkipAll(std::string(100'000, '\x0b')), "groups nested too deeply at byte 0x20");
}

TEST(WireTest, ReadsNumbersAsProtobufEncodesThem) {
  WireError error;
  const auto reader = [&error](std::string_view m) { return WireReader(m, m.data(), &error); };
  int64_t i64 = 0;
  int32_t i32 = 0;
  uint32_t u32 = 0;
  EXPECT_TRUE(reader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv).ReadInt64(&i64));
  EXPECT_EQ(i64, -1);
  EXPECT_TRUE(reader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv).ReadZigzag64(&i64));
  EXPECT_EQ(i64, INT64_MIN);
  EXPECT_TRUE(reader("\x6b"sv).ReadZigzag32(&i32));
  EXPECT_EQ(i32, -54);
  EXPECT_TRUE(reader("\xff\xff\xff\xff\x0f"sv).ReadZigzag32(&i32));
  EXPECT_EQ(i32, INT32_MIN);
  EXPECT_TRUE(reader("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv).ReadInt32(&i32));
  EXPECT_EQ(i32, -2);
  EXPECT_TRUE(reader("\x81\x80\x80\x80\x10"sv).ReadUint32(&u32));  // 2^32 + 1
  EXPECT_EQ(u32, 1u);
  EXPECT_TRUE(error.ok());
}

}  // namespace
}  // namespace tidemark::proto
