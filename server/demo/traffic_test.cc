#include "server/demo/traffic.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tidemark::server {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;

TEST(TrafficTest, SharesAddUpAndNamesAreSorted) {
  double regions = 0;
  for (const Region& region : Regions()) regions += region.share;
  EXPECT_NEAR(regions, 1, 1e-12);
  double tiers = 0;
  for (const ClientTier& tier : ClientTiers()) tiers += tier.share;
  EXPECT_NEAR(tiers, 1, 1e-12);
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  EXPECT_TRUE(std::is_sorted(Regions().begin(), Regions().end(), by_name));
  EXPECT_TRUE(std::is_sorted(ClientTiers().begin(), ClientTiers().end(), by_name));
  EXPECT_TRUE(std::is_sorted(Endpoints().begin(), Endpoints().end(),
                             [](const auto& a, const auto& b) { return a.path < b.path; }));
}

TEST(TrafficTest, RhythmHasMeanOneOverAnyDay) {
  for (const Region& region : Regions()) {
    for (const int64_t start : {int64_t{0}, 19'000 * kDayMs + 5 * kHourMs, -3 * kHourMs}) {
      SCOPED_TRACE(region.name);
      double sum = 0;
      for (int minute = 0; minute < 1440; ++minute) {
        sum += DailyRhythm(region, start + minute * 60'000);
      }
      EXPECT_NEAR(sum / 1440, 1, 1e-9);
    }
  }
}

TEST(TrafficTest, PeaksInTheLocalEveningAndRestsBeforeDawn) {
  for (const Region& region : Regions()) {
    SCOPED_TRACE(region.name);
    const auto at_local = [&](int hour) {
      return DailyRhythm(region, 19'000 * kDayMs + (hour - region.utc_offset_hours) * kHourMs);
    };
    EXPECT_GT(at_local(18), 1.6);
    EXPECT_LT(at_local(3), 0.25);
    for (int hour = 0; hour < 24; ++hour) {
      EXPECT_LE(at_local(hour), at_local(18));
      EXPECT_GE(at_local(hour), at_local(3));
    }
  }
}

TEST(TrafficTest, ADayOfAuthorisationsIsWhatWasAskedFor) {
  double authorisations = 0;
  for (const Region& region : Regions()) {
    for (const ClientTier& tier : ClientTiers()) {
      for (int minute = 0; minute < 1440; ++minute) {
        const int64_t t_ms = 19'000 * kDayMs + minute * 60'000;
        authorisations += 60 * RequestsPerSecond(Endpoints()[1], region, tier, 25e6, t_ms);
      }
    }
  }
  EXPECT_EQ(Endpoints()[1].path, "/v1/authorise");
  EXPECT_NEAR(authorisations, 25e6, 1);
}

}  // namespace
}  // namespace tidemark::server
