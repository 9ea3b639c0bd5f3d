#include "server/mask_digits.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

TEST(MaskDigits, LongRunsOnly) {
  const struct {
    const char* text;
    const char* want;
  } cases[] = {
      {"", ""},
      {"gw-17", "gw-17"},
      {"12345678901", "12345678901"},
      {"123456789012", "***"},
      {"pan=4111 1111-1111 1111, ok", "pan=***, ok"},
      {"{card=\"4111111111111111\",a=\"1\"}", "{card=\"***\",a=\"1\"}"},
  };
  for (const auto& c : cases) EXPECT_EQ(MaskDigits(c.text), c.want);
}

}  // namespace
}  // namespace tidemark::server
