#include "server/admission/card_number.h"

#include <gtest/gtest.h>

#include <string>

#include "server/mask_digits.h"

namespace tidemark::server {
namespace {

TEST(CardNumberTest, IsFoundByItsCheckDigit) {
  constexpr struct {
    const char* text;
    bool is_one;
  } kCases[] = {
      {"4111111111111111", true},
      {"4111-1111-1111-1111", true},
      {"4111 1111 1111 1111", true},
      {"378282246310005", true},
      {"4222222222222", true},
      {"6304000000000000000", true},
      {"/pay/5500005555555559/capture", true},
      {"1234567890123; 5500005555555559", true},
      {"4111111111111112", false},
      {"4111--1111-1111-1111", false},
      {"41111111111111110000", false},
      {"411111111111", false},
      {"", false},
      {"-", false},
      {"eu-central-1", false},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(HasCardNumber(c.text), c.is_one);
    if (c.is_one) {
      EXPECT_FALSE(HasCardNumber(MaskDigits(c.text)));
    }
  }
}

}  // namespace
}  // namespace tidemark::server
