#include "server/exposition/names.h"

#include <gtest/gtest.h>

#include <string>

namespace tidemark::server {
namespace {

using io::prometheus::client::MetricFamily;

MetricFamily Family(const std::string& name, const std::string& label) {
  MetricFamily family;
  family.set_name(name);
  family.add_metric()->add_label()->set_name(label);
  return family;
}

TEST(NamesTest, WhatIsLegacyStaysAndTheRestIsUnderscored) {
  const struct {
    const char* metric;
    const char* label;
    const char* legacy_metric;
    const char* legacy_label;
  } kCases[] = {
      {"up", "job", "up", "job"},
      {"job:up:sum2", "_a1", "job:up:sum2", "_a1"},
      {"http.requests", "status.code", "http_requests", "status_code"},
      {"9lives", "a:b", "_lives", "a_b"},
      {"größe", "日本", "gr__e", "__"},
      {"a b\n", "\"", "a_b_", "_"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.metric);
    const MetricFamily family = Family(c.metric, c.label);
    const std::string metric = c.metric, label = c.label;
    EXPECT_EQ(HasLegacyNames(family), metric == c.legacy_metric && label == c.legacy_label);
    const MetricFamily legacy = WithLegacyNames(family);
    EXPECT_EQ(legacy.name(), c.legacy_metric);
    EXPECT_EQ(legacy.metric(0).label(0).name(), c.legacy_label);
    EXPECT_TRUE(HasLegacyNames(legacy));
  }
}

TEST(NamesTest, OneNameOfTwoIsEnoughToRename) {
  EXPECT_FALSE(HasLegacyNames(Family("up", "a.b")));
  EXPECT_FALSE(HasLegacyNames(Family("up.down", "ab")));
  EXPECT_FALSE(HasLegacyNames(Family("", "ab")));
}

}  // namespace
}  // namespace tidemark::server
