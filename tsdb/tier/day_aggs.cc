#include "tsdb/tier/day_aggs.h"

#include <algorithm>
#include <bit>
#include <cmath>
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

StatusOr<std::vector<TierWindow>> StoredDays(const Store& store, std::string_view key) {
  ASSIGN_OR_RETURN(const auto stored, store.Get(Family::kTiers, key));
  return stored ? ReadDays(*stored) : std::vector<TierWindow>();
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

bool Near(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

bool Same(const FloatAgg& a, const FloatAgg& b) {
  if (a.n != b.n || a.n == 0) return a.n == b.n;
  const bool sums = a.overflowed || b.overflowed || Near(a.Sum(), b.Sum());
  return SameSample(a.first, b.first) && SameSample(a.last, b.last) && SameBits(a.min, b.min) &&
         SameBits(a.max, b.max) && a.min_t == b.min_t && a.max_t == b.max_t &&
         Near(a.Increase(), b.Increase()) && sums;
}

bool Same(const HistogramAgg& a, const HistogramAgg& b) {
  if (a.n != b.n || a.n == 0) return a.n == b.n;
  if (a.raw_only != b.raw_only || a.first.t != b.first.t || a.last.t != b.last.t) return false;
  const bool correction =
      a.raw_only || (a.has_correction == b.has_correction && a.correction.Equals(b.correction));
  return correction && a.first.h.Equals(b.first.h) && a.last.h.Equals(b.last.h) &&
         a.lowest_schema == b.lowest_schema && a.first_is_reset == b.first_is_reset;
}

// As far as what is kept can tell.
bool Same(const Agg& a, const Agg& b) {
  return a.resets == b.resets && a.changes == b.changes && a.stale_t == b.stale_t &&
         Same(a.floats, b.floats) && Same(a.histograms, b.histograms);
}

bool HoldsDay(const std::vector<TierWindow>& days, int64_t end,
              const std::optional<TierWindow>& day) {
  const auto found = std::find_if(days.begin(), days.end(),
                                  [end](const TierWindow& window) { return window.end == end; });
  if (found == days.end() || !day) return found == days.end() && !day;
  return Same(found->agg, day->agg);
}

}  // namespace

StatusOr<DayAggs> MakeDayAggs(std::string_view raw_block) {
  DayAggs out;
  DayQualityMaker quality;
  RunListIterator it{std::string(raw_block)};
  while (it.Next()) {
    const SampleRun& run = it.run();
    quality.Add(run);
    for (size_t i = 0; i < run.size();) i += AddHour(run, i, out.hours);
  }
  RETURN_IF_ERROR(it.status());
  if (out.hours.empty()) return out;
  out.quality = quality.Finish();
  auto hour = out.hours.begin();
  for (HourQuality& one : out.quality.hours) {
    while (hour != out.hours.end() && hour->end < one.end) ++hour;
    if (hour != out.hours.end() && hour->end == one.end) one.resets = hour->agg.resets;
  }
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

std::string QualityKey(Partition partition, TenantId tenant, SeriesId series) {
  return EncodeTierKey(
      {kQualityTier, PeriodOf(partition), tenant, series, PartitionEnd(partition)});
}

namespace {

// No value: no key.
void PutOrDelete(const std::string& key, const std::optional<std::string>& value,
                 WriteBatch& batch) {
  value ? batch.Put(Family::kTiers, key, *value) : batch.Delete(Family::kTiers, key);
}

}  // namespace

Status DayBatches::Write(Store& store) const {
  for (WriteBatch* const batch : {hours.get(), days.get(), quality.get()}) {
    RETURN_IF_ERROR(store.Write(*batch, WriteMode::kNoSync));
    batch->Clear();
  }
  return OkStatus();
}

Status PutDayAggs(Partition partition, TenantId tenant, SeriesId series, DayAggs aggs,
                  std::string_view stored_days, DayBatches& batches) {
  std::vector<TierWindow> days;
  if (!stored_days.empty()) {
    ASSIGN_OR_RETURN(days, ReadDays(stored_days));
  }
  Replace(PartitionEnd(partition), std::move(aggs.day), days);
  std::optional<std::string> hour_block, day_block, quality;
  if (!aggs.hours.empty()) hour_block = EncodeTierBlock(Tier::kHour, aggs.hours);
  if (!days.empty()) day_block = EncodeTierBlock(Tier::kDay, days);
  if (!aggs.quality.hours.empty()) quality = EncodeDayQuality(aggs.quality);
  PutOrDelete(HourBlockKey(partition, tenant, series), hour_block, *batches.hours);
  PutOrDelete(DayBlockKey(partition, tenant, series), day_block, *batches.days);
  PutOrDelete(QualityKey(partition, tenant, series), quality, *batches.quality);
  return OkStatus();
}

StatusOr<bool> HoldsDayAggs(const Store& store, Partition partition, TenantId tenant,
                            SeriesId series, const DayAggs& aggs) {
  ASSIGN_OR_RETURN(const auto hours,
                   store.Get(Family::kTiers, HourBlockKey(partition, tenant, series)));
  // The same samples make the same bytes.
  const std::string want =
      aggs.hours.empty() ? std::string() : EncodeTierBlock(Tier::kHour, aggs.hours);
  if (hours.value_or(std::string()) != want) return false;
  ASSIGN_OR_RETURN(const auto days, StoredDays(store, DayBlockKey(partition, tenant, series)));
  return HoldsDay(days, PartitionEnd(partition), aggs.day);
}

}  // namespace tidemark::tsdb
