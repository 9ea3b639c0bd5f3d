#include "tsdb/tier/day_quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "tsdb/base/checksum.h"
#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/chunk/bit_packer.h"
#include "tsdb/chunk/bit_stream.h"
#include "tsdb/chunk/column_times.h"
#include "tsdb/chunk/row_column.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::tsdb {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kHours = 24;
constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kMinuteMs = 60'000;
// Counts of a native histogram are sums of its buckets up to their rounding.
constexpr double kCountRounding = 1e-9;

bool CountIsSum(const FloatHistogram& h) {
  double sum = h.zero_count;
  sum = std::accumulate(h.positive_buckets.begin(), h.positive_buckets.end(), sum);
  sum = std::accumulate(h.negative_buckets.begin(), h.negative_buckets.end(), sum);
  if (std::isnan(h.sum)) return sum <= h.count;  // NaNs were observed: in no bucket
  return std::abs(sum - h.count) <= kCountRounding * std::abs(h.count);
}

constexpr std::array kColumns = {
    &HourQuality::found, &HourQuality::missing,   &HourQuality::gap_minutes, &HourQuality::resets,
    &HourQuality::nans,  &HourQuality::negatives, &HourQuality::bad_counts};

Status Damaged() { return DataLoss("a quality block is damaged"); }

}  // namespace

HourQuality& DayQualityMaker::HourOf(int64_t t) {
  const int64_t end = TierWindowEnd(Tier::kHour, t);
  if (!day_.hours.empty() && day_.hours.back().end == end) return day_.hours.back();
  const auto at = std::lower_bound(day_.hours.begin(), day_.hours.end(), end,
                                   [](const HourQuality& h, int64_t e) { return h.end < e; });
  if (at != day_.hours.end() && at->end == end) return *at;
  HourQuality hour;
  hour.end = end;
  return *day_.hours.insert(at, hour);
}

void DayQualityMaker::Add(const SampleRun& run) {
  for (size_t i = 0; i < run.size(); ++i) {
    const bool stale = run.is_float() ? IsStaleNaN(run.v[i]) : run.h[i].IsStale();
    all_.push_back({run.t[i], stale});
    if (stale) continue;
    HourQuality& hour = HourOf(run.t[i]);
    ++hour.found;
    if (run.is_float()) {
      hour.nans += std::isnan(run.v[i]) ? 1 : 0;
      hour.negatives += run.v[i] < 0 ? 1 : 0;
    } else {
      hour.bad_counts += CountIsSum(run.h[i]) ? 0 : 1;
    }
  }
}

// Samples that were expected after `from` and before `to`, hour by hour.
void DayQualityMaker::AddGap(int64_t from, int64_t to, int64_t interval) {
  int64_t lack = 0;  // in the hour, milliseconds
  for (int64_t t = from + interval; to - t >= interval / 2; t += interval) {
    HourQuality& hour = HourOf(t);
    ++hour.missing;
    lack += interval;
    const bool last_here = TierWindowEnd(Tier::kHour, t + interval) != hour.end;
    if (!last_here && to - (t + interval) >= interval / 2) continue;
    hour.gap_minutes += static_cast<uint64_t>((lack + kMinuteMs / 2) / kMinuteMs);
    lack = 0;
  }
}

DayQuality DayQualityMaker::Finish() {
  std::vector<int64_t> times;
  for (const Times& one : all_) {
    if (!one.stale) times.push_back(one.t);
  }
  if (times.empty()) return {};
  day_.interval_ms = static_cast<int64_t>(FindInterval(times));
  day_.first_t = times.front();
  day_.last_t = times.back();
  day_.ended = all_.back().stale;
  for (size_t i = 1; i < all_.size() && day_.interval_ms > 0; ++i) {
    const int64_t apart = all_[i].t - all_[i - 1].t;
    const bool expected = !all_[i].stale && !all_[i - 1].stale;
    if (expected && apart / 3 > day_.interval_ms / 2) {
      AddGap(all_[i - 1].t, all_[i].t, day_.interval_ms);
    }
  }
  all_.clear();
  return std::exchange(day_, {});
}

// ---------------------------------------------------------------- as bytes

std::string EncodeDayQuality(const DayQuality& day) {
  std::string out(1, static_cast<char>(kVersion));
  AppendVarint(out, static_cast<uint64_t>(day.interval_ms));
  AppendZigzag(out, day.first_t);
  AppendVarint(out, static_cast<uint64_t>(day.last_t - day.first_t));
  out.push_back(static_cast<char>(day.ended ? 1 : 0));
  AppendVarint(out, day.hours.size());
  BitPacker bits;
  std::array<uint64_t, kHours> numbers;
  const std::span<uint64_t> column(numbers.data(), std::min(day.hours.size(), kHours));
  for (size_t i = 0; i < column.size(); ++i) {
    column[i] = static_cast<uint64_t>(day.hours[i].end / kHourMs - day.first_t / kHourMs);
  }
  WriteColumn(bits, column);
  for (const auto member : kColumns) {
    for (size_t i = 0; i < column.size(); ++i) column[i] = day.hours[i].*member;
    WriteColumn(bits, column);
  }
  out += bits.Finish();
  AppendBigEndian<uint32_t>(out, Checksum32(out));
  return out;
}

StatusOr<DayQuality> DecodeDayQuality(std::string_view value) {
  if (value.size() < 1 + sizeof(uint32_t)) return Damaged();
  std::string_view sum = value.substr(value.size() - sizeof(uint32_t));
  std::string_view in = value.substr(0, value.size() - sizeof(uint32_t));
  uint32_t want;
  if (!ReadBigEndian(sum, want) || Checksum32(in) != want) return Damaged();
  if (static_cast<uint8_t>(in[0]) != kVersion) return Damaged();
  in.remove_prefix(1);
  DayQuality day;
  uint64_t interval, length, hours;
  if (!ReadVarint(in, interval) || !ReadZigzag(in, day.first_t) || !ReadVarint(in, length) ||
      in.empty() || length > kHours * kHourMs || interval > kHours * kHourMs) {
    return Damaged();
  }
  day.interval_ms = static_cast<int64_t>(interval);
  day.last_t = day.first_t + static_cast<int64_t>(length);
  day.ended = in[0] != 0;
  in.remove_prefix(1);
  if (!ReadVarint(in, hours) || hours > kHours) return Damaged();
  day.hours.resize(hours);
  BitReader bits(in);
  std::array<uint64_t, kHours> numbers;
  const std::span<uint64_t> column(numbers.data(), hours);
  if (!ReadColumn(bits, column)) return Damaged();
  for (size_t i = 0; i < hours; ++i) {
    if (column[i] > kHours) return Damaged();
    day.hours[i].end = (day.first_t / kHourMs + static_cast<int64_t>(column[i])) * kHourMs;
  }
  for (const auto member : kColumns) {
    if (!ReadColumn(bits, column)) return Damaged();
    for (size_t i = 0; i < hours; ++i) day.hours[i].*member = column[i];
  }
  return day;
}

}  // namespace tidemark::tsdb
