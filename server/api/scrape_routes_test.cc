#include "server/api/api_for_test.h"

namespace tidemark::server {
namespace {

using ScrapeRoutesTest = ApiForTest;

TEST_F(ScrapeRoutesTest, WhatIsEmptyIsValid) {
  ready_ = false;
  const std::pair<const char*, const char*> kCases[] = {
      {"/api/v1/rules", R"({"groups":[]})"},
      {"/api/v1/alerts", R"({"alerts":[]})"},
      {"/api/v1/alertmanagers", R"({"activeAlertmanagers":[],"droppedAlertmanagers":[]})"},
      {"/api/v1/scrape_pools", R"({"scrapePools":[]})"},
      {"/api/v1/targets", R"({"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":{}})"},
      {"/api/v1/targets/metadata", "[]"},
      {"/api/v1/notifications", "[]"},
  };
  for (const auto& [pattern, data] : kCases) {
    EXPECT_EQ(Get(ScrapeRoutes(context_), pattern, {}).body,
              std::string(R"({"status":"success","data":)") + data + "}");
  }
  EXPECT_EQ(Get(ScrapeRoutes(context_), "/api/v1/notifications/live", {}).status, 204);
}

}  // namespace
}  // namespace tidemark::server
