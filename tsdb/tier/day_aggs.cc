#include "tsdb/tier/day_aggs.h"

#include <algorithm>
#include <utility>

#include "tsdb/chunk/encoded_run.h"
#include "tsdb/store/tier_keys.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::tsdb {
namespace {

// Adds the samples of a run that are in one hour; returns how many.
size_t AddHour(const SampleRun& run, size_t from, std::vector<TierWindow>& hours) {
  const int64_t end = TierWindowEnd(Tier::kHour, run.t[from]);
  if (hours.empty() || hours.back().end != end) hours.push_back({end, {}});
  const auto last =
      std::upper_bound(run.t.begin() + static_cast<std::ptrdiff_t>(from), run.t.end(), end);
  const auto n = static_cast<size_t>(last - run.t.begin()) - from;
  hours.back().agg.Add(run.Part(from, n));
  return n;
}

StatusOr<std::vector<TierWindow>> ReadDays(std::string_view block) {
  TierBlockReader reader;
  RETURN_IF_ERROR(reader.Open(Tier::kDay, block));
  std::vector<TierWindow> days(reader.size());
  for (size_t i = 0; i < days.size(); ++i) {
    days[i].end = reader.end(i);
    reader.Read(i, days[i].agg);
  }
  return days;
}

void Replace(int64_t end, std::optional<TierWindow> day, std::vector<TierWindow>& days) {
  const auto at = std::lower_bound(days.begin(), days.end(), end,
                                   [](const TierWindow& w, int64_t t) { return w.end < t; });
  const bool found = at != days.end() && at->end == end;
  if (day && found) {
    *at = *std::move(day);
  } else if (day) {
    days.insert(at, *std::move(day));
  } else if (found) {
    days.erase(at);
  }
}

}  // namespace

StatusOr<DayAggs> MakeDayAggs(std::string_view raw_block) {
  DayAggs out;
  RunListIterator it{std::string(raw_block)};
  while (it.Next()) {
    const SampleRun& run = it.run();
    for (size_t i = 0; i < run.size();) i += AddHour(run, i, out.hours);
  }
  RETURN_IF_ERROR(it.status());
  if (out.hours.empty()) return out;
  out.day = TierWindow{TierWindowEnd(Tier::kDay, out.hours.front().end), {}};
  for (const TierWindow& hour : out.hours) out.day->agg.Combine(hour.agg);
  return out;
}

std::string HourBlockKey(Partition partition, TenantId tenant, SeriesId series) {
  return EncodeTierKey({static_cast<uint8_t>(Tier::kHour), PeriodOf(partition), tenant, series,
                        PartitionEnd(partition)});
}

std::string DayBlockKey(Partition partition, TenantId tenant, SeriesId series) {
  const TierPeriod period = PeriodOf(partition);
  return EncodeTierKey(
      {static_cast<uint8_t>(Tier::kDay), period, tenant, series, PartitionEnd(PeriodEnd(period))});
}

Status PutDayAggs(const Store& store, Partition partition, TenantId tenant, SeriesId series,
                  DayAggs aggs, WriteBatch& batch) {
  const std::string hour_key = HourBlockKey(partition, tenant, series);
  const std::string day_key = DayBlockKey(partition, tenant, series);
  ASSIGN_OR_RETURN(const auto stored, store.Get(Family::kTiers, day_key));
  std::vector<TierWindow> days;
  if (stored) {
    ASSIGN_OR_RETURN(days, ReadDays(*stored));
  }
  Replace(PartitionEnd(partition), std::move(aggs.day), days);
  if (aggs.hours.empty()) {
    batch.Delete(Family::kTiers, hour_key);
  } else {
    batch.Put(Family::kTiers, hour_key, EncodeTierBlock(Tier::kHour, aggs.hours));
  }
  if (days.empty()) {
    batch.Delete(Family::kTiers, day_key);
  } else {
    batch.Put(Family::kTiers, day_key, EncodeTierBlock(Tier::kDay, days));
  }
  return OkStatus();
}

}  // namespace tidemark::tsdb
