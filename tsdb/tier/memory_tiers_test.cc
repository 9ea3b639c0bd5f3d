#include <gtest/gtest.h>

#include "tsdb/storage_for_test.h"
#include "tsdb/tier/memory_tiers_for_test.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kHour = 3'600'000;

using MemoryTiersTest = StorageTest;

TEST_F(MemoryTiersTest, AreMadeOfSamples) {
  CommitToBoth({{SeriesLabels(0), kNow, 1.0},
                {SeriesLabels(0), kNow + 1, 2.0},
                {SeriesLabels(0), kNow + kHour, 3.0},
                {SeriesLabels(0), kNow + 3 * kHour, 4.0}});
  const MemoryTiers tiered(*storage_, {.exact_until = kNow + 3 * kHour + 1,
                                       .dirty = {{kNow + kHour, kNow + kHour + 1}},
                                       .raw_gone_until = kNow + kHour});
  const auto querier = tiered.NewQuerier("default", kNow, kNow + 3 * kHour);
  ASSERT_TRUE(querier.ok()) << querier.status();
  const Matcher matcher = Matcher::Equal(kMetricName, "requests_total");
  const auto set = (*querier)->Select({&matcher, 1}, {});
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ((*set)->size(), 1u);

  const TierReader* tiers = (*set)->tiers();
  ASSERT_NE(tiers, nullptr);
  const auto covered = tiers->Coverage(0, Tier::kHour, kNow - 1, kNow + 5 * kHour);
  ASSERT_TRUE(covered.ok()) << covered.status();
  EXPECT_EQ(covered->raw_gone_until, kNow + kHour);
  EXPECT_EQ(covered->exact,
            (std::vector<TierSpan>{{kNow, kNow + kHour}, {kNow + 2 * kHour, kNow + 3 * kHour}}));

  std::map<int64_t, std::pair<uint64_t, double>> got;  // count and last value
  const auto it = tiers->Aggs(0, Tier::kHour, kNow, kNow + 3 * kHour);
  while (it->Next()) got[it->end()] = {it->agg().floats.n, it->agg().floats.last.v};
  EXPECT_TRUE(it->status().ok());
  EXPECT_EQ(got, (std::map<int64_t, std::pair<uint64_t, double>>{{kNow + kHour, {2, 3}},
                                                                 {kNow + 3 * kHour, {1, 4}}}));
  const auto samples = Drain(*(*set)->Samples(0));
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(samples->size(), 1u);
}

}  // namespace
}  // namespace tidemark::tsdb
