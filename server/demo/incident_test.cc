#include "server/demo/incident.h"

#include <gtest/gtest.h>

#include <set>

#include "server/demo/traffic.h"

namespace tidemark::server {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kStartMs = 19'000 * 24 * 60 * kMinuteMs;

TEST(IncidentTest, OneInEachInterval) {
  const IncidentPlan plan(42, 20 * kMinuteMs);
  std::set<size_t> regions;
  for (int64_t slot = 0; slot < 100; ++slot) {
    const int64_t from = kStartMs + slot * 20 * kMinuteMs;
    std::set<int64_t> starts;
    int64_t seconds = 0;
    for (int64_t t = from; t < from + 20 * kMinuteMs; t += 1000) {
      const auto incident = plan.At(t);
      if (!incident.has_value()) continue;
      ++seconds;
      starts.insert(incident->start_ms);
      regions.insert(incident->region);
      ASSERT_LT(incident->region, Regions().size());
      EXPECT_GE(incident->latency_factor, 3);
      EXPECT_GE(incident->server_error_ratio, 0.08);
      EXPECT_LT(incident->end_ms, from + 20 * kMinuteMs);
    }
    EXPECT_EQ(starts.size(), 1u);
    EXPECT_GE(seconds, 3 * 60 - 1);
    EXPECT_LE(seconds, 6 * 60 + 1);
  }
  EXPECT_EQ(regions.size(), Regions().size());
}

TEST(IncidentTest, FollowsFromTheSeed) {
  const IncidentPlan one(1, 20 * kMinuteMs), same(1, 20 * kMinuteMs), other(2, 20 * kMinuteMs);
  int differences = 0;
  for (int64_t t = kStartMs; t < kStartMs + 1000 * kMinuteMs; t += kMinuteMs) {
    ASSERT_EQ(one.At(t).has_value(), same.At(t).has_value());
    if (one.At(t).has_value()) {
      EXPECT_EQ(one.At(t)->end_ms, same.At(t)->end_ms);
    }
    differences += one.At(t).has_value() != other.At(t).has_value();
  }
  EXPECT_GT(differences, 100);
}

TEST(IncidentTest, LastsAQuarterOfAnHourAtMost) {
  const IncidentPlan plan(1, 24 * 60 * kMinuteMs);
  int minutes = 0;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    minutes += plan.At(kStartMs + minute * kMinuteMs).has_value();
  }
  EXPECT_NEAR(minutes, 15, 1);
}

TEST(IncidentTest, ZeroIsNever) {
  const IncidentPlan plan(1, 0);
  for (int minute = 0; minute < 1000; ++minute) {
    EXPECT_FALSE(plan.At(kStartMs + minute * kMinuteMs).has_value());
  }
}

}  // namespace
}  // namespace tidemark::server
