#include "tsdb/tier/tier_retention.h"

#include <algorithm>
#include <set>

#include "tsdb/base/log.h"
#include "tsdb/store/keys.h"
#include "tsdb/tier/day_aggs.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kStepMs = 60'000;

}  // namespace

TierRetention::TierRetention(Store& store, const PartitionSet& raw_days, PartitionSet& days,
                             const TierRetentionOptions& options, const Clock& clock)
    : store_(store), raw_days_(raw_days), days_(days), clock_(clock) {
  marks_[0].tier = Tier::kHour;
  marks_[0].keep_ms = options.hour_ms;
  marks_[1].tier = Tier::kDay;
  marks_[1].keep_ms = options.day_ms;
}

std::string TierRetention::KeyOf(const Mark& mark) {
  return TierRetentionKey(static_cast<uint8_t>(mark.tier));
}

Status TierRetention::Load() {
  for (Mark& mark : marks_) {
    if (mark.keep_ms == 0) continue;
    ASSIGN_OR_RETURN(const auto stored, store_.Get(Family::kMeta, KeyOf(mark)));
    if (!stored) continue;
    std::string_view in = *stored;
    int64_t oldest;
    if (!ReadTime(in, oldest)) return DataLoss("the retention mark of a tier is damaged");
    mark.oldest.store(oldest, std::memory_order_release);
  }
  return OkStatus();
}

Status TierRetention::MoveMark(Mark& mark) {
  if (mark.keep_ms == 0) return OkStatus();
  const int64_t now = clock_.NowMs();
  const int64_t oldest = now < kEverything + mark.keep_ms ? kEverything : now - mark.keep_ms;
  const int64_t before = mark.oldest.load();
  if (before != kEverything && oldest < before + kStepMs) return OkStatus();
  std::string value;
  AppendTime(value, oldest);
  const auto batch = store_.NewBatch();
  batch->Put(Family::kMeta, KeyOf(mark), value);
  RETURN_IF_ERROR(store_.Write(*batch, WriteMode::kNoSync));
  mark.oldest.store(oldest, std::memory_order_release);
  return OkStatus();
}

Status TierRetention::DropPeriod(uint8_t tier, TierPeriod period) {
  return store_.Drop(Family::kTiers, TierPeriodKey(tier, period), TierPeriodKey(tier, period + 1));
}

Status TierRetention::DropBefore(Mark& mark) {
  const int64_t oldest = mark.oldest.load();
  std::set<TierPeriod> periods;
  for (const Partition day : *days_.Get()) {
    const int64_t end = PartitionEnd(PeriodEnd(PeriodOf(day)));
    if (end >= oldest) break;
    if (end > mark.dropped_until) periods.insert(PeriodOf(day));
  }
  for (const TierPeriod period : periods) {
    RETURN_IF_ERROR(DropPeriod(static_cast<uint8_t>(mark.tier), period));
    if (mark.tier == Tier::kHour) RETURN_IF_ERROR(DropPeriod(kQualityTier, period));
    mark.dropped_until = PartitionEnd(PeriodEnd(period));
    Log(LogLevel::kInfo, "dropped aggregates past retention",
        {{"window_ms", TierWindowMs(mark.tier)}, {"newest_ms", mark.dropped_until}});
  }
  return OkStatus();
}

Status TierRetention::Advance() {
  MutexLock lock(mutex_);
  for (Mark& mark : marks_) RETURN_IF_ERROR(MoveMark(mark));
  for (Mark& mark : marks_) RETURN_IF_ERROR(DropBefore(mark));
  const auto raw_days = raw_days_.Get();
  const auto days = days_.Get();
  for (const Partition day : *days) {
    if (PartitionEnd(day) >= oldest()) break;
    if (!std::binary_search(raw_days->begin(), raw_days->end(), day)) days_.Remove(day);
  }
  return OkStatus();
}

}  // namespace tidemark::tsdb
