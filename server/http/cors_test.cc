#include "server/http/cors.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

std::string AllowedOrigin(const Cors& cors, std::string_view origin) {
  HeaderList headers;
  cors.AddHeaders(origin, headers);
  for (const auto& [name, value] : headers) {
    if (name == "Access-Control-Allow-Origin") return value;
  }
  return "";
}

TEST(Cors, AllowsWhatThePatternMatches) {
  const Cors any(".*");
  EXPECT_EQ(AllowedOrigin(any, "https://grafana.example"), "*");
  EXPECT_EQ(AllowedOrigin(any, ""), "");
  const Cors some("https://.*\\.example");
  EXPECT_EQ(AllowedOrigin(some, "https://grafana.example"), "https://grafana.example");
  EXPECT_EQ(AllowedOrigin(some, "https://grafana.example.evil"), "");
}

TEST(Cors, NamesABadPattern) {
  EXPECT_TRUE(Cors(".*").Validate().ok());
  EXPECT_EQ(MessageOf(Cors("(").Validate()), "cors_origin \"(\": missing ): (");
}

}  // namespace
}  // namespace tidemark::server
