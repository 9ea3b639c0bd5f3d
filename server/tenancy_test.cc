#include "server/tenancy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

TEST(TenantOf, TakesGoodNamesAndSaysWhatIsWrongWithOthers) {
  struct Case {
    std::string name;
    std::string_view error;  // "": none
  };
  const Case cases[] = {
      {"default", ""},
      {"Team-7_a.b*c'(d)!", ""},
      {"...", ""},
      {std::string(150, 'a'), ""},
      {std::string(151, 'a'), "too long: 151 bytes"},
      {"", "no tenant"},
      {".", "'.' or '..'"},
      {"..", "'.' or '..'"},
      {"a/b", "character 0x2f"},
      {"a|b", "character 0x7c"},
      {"a b", "character 0x20"},
      {std::string("a\0b", 3), "character 0x00"},
      {"caf\xc3\xa9", "character 0xc3"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    HttpRequest request;
    request.headers["x-scope-orgid"] = c.name;
    const StatusOr<std::string> tenant = TenantOf(request);
    if (c.error.empty()) {
      ASSERT_TRUE(tenant.ok()) << tenant.status();
      EXPECT_EQ(*tenant, c.name);
    } else {
      EXPECT_EQ(tenant.status().code(), StatusCode::kInvalidArgument);
      EXPECT_THAT(std::string(MessageOf(tenant.status())),
                  testing::HasSubstr(std::string(c.error)));
    }
  }
}

TEST(TenantOf, NeedsTheHeader) {
  EXPECT_EQ(TenantOf(HttpRequest()).status().code(), StatusCode::kInvalidArgument);
  EXPECT_FALSE(ValidateTenant("").ok());
}

}  // namespace
}  // namespace tidemark::server
