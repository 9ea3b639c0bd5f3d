// DayAggs: what one series' samples of a day come down to, hour by hour and in all.
#pragma once

#include <memory>
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

// Writes of a pass, apart by what they are: keys that ascend take RocksDB a fraction of the
// time that keys of several places in turn take.
struct DayBatches {
  explicit DayBatches(Store& store)
      : hours(store.NewBatch()), days(store.NewBatch()), quality(store.NewBatch()) {}

  size_t size_bytes() const {
    return hours->size_bytes() + days->size_bytes() + quality->size_bytes();
  }
  // One after the other, not as one; then they are empty.
  //   kUnavailable  the disk is full or failing
  Status Write(Store& store) const;

  const std::unique_ptr<WriteBatch> hours, days, quality;
};

// Puts into the batches what makes the store's aggregates of the day these.
// `stored_days`: what the store has under DayBlockKey; empty: nothing.
//   kDataLoss  that is damaged
Status PutDayAggs(Partition partition, TenantId tenant, SeriesId series, DayAggs aggs,
                  std::string_view stored_days, DayBatches& batches);

// Whether the store has these, and nothing else of the day: reads both blocks.
//   kDataLoss  one of them cannot be read
StatusOr<bool> HoldsDayAggs(const Store& store, Partition partition, TenantId tenant,
                            SeriesId series, const DayAggs& aggs);

}  // namespace tidemark::tsdb
