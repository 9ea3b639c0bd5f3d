// DayAggs: what one series' samples of a day come down to, hour by hour and in all.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"
#include "tsdb/tier/day_quality.h"
#include "tsdb/tier/tier_block.h"

namespace tidemark::tsdb {

struct DayAggs {
  std::vector<TierWindow> hours;  // those with samples or a stale marker
  std::optional<TierWindow> day;  // if any has
  DayQuality quality;
};

// Of a block of raw (tsdb/chunk/encoded_run.h) of a day for which HasTiers; may be empty.
//   kDataLoss  a part of it cannot be read
StatusOr<DayAggs> MakeDayAggs(std::string_view raw_block);

// Where they are kept.
std::string HourBlockKey(Partition partition, TenantId tenant, SeriesId series);
std::string DayBlockKey(Partition partition, TenantId tenant, SeriesId series);
// Of EncodeDayQuality; kept as long as the hours.
inline constexpr uint8_t kQualityTier = 3;
std::string QualityKey(Partition partition, TenantId tenant, SeriesId series);

// Puts into the batch what makes the store's aggregates of the day these.  What the
// batch already has of the series is not seen.
//   kDataLoss  the block with the other days of the period is damaged
Status PutDayAggs(const Store& store, Partition partition, TenantId tenant, SeriesId series,
                  DayAggs aggs, WriteBatch& batch);

// Whether the store has these, and nothing else of the day: reads both blocks.
//   kDataLoss  one of them cannot be read
StatusOr<bool> HoldsDayAggs(const Store& store, Partition partition, TenantId tenant,
                            SeriesId series, const DayAggs& aggs);

}  // namespace tidemark::tsdb
