#include "server/quality/quality_summary.h"

#include <algorithm>

namespace tidemark::server {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kMinuteMs = 60'000;
// So many NaNs in an hour, and as many as other values, are worth a line.
constexpr uint64_t kNanStorm = 10;

bool IsCounter(std::string_view metric, const std::map<std::string, tsdb::Metadata>& metadata) {
  const auto found = metadata.find(std::string(metric));
  if (found != metadata.end() && found->second.type != tsdb::MetricType::kUnknown) {
    return found->second.type == tsdb::MetricType::kCounter;
  }
  return metric.ends_with("_total") || metric.ends_with("_count") || metric.ends_with("_bucket");
}

class Summer {
 public:
  Summer(QualitySummary& out, int64_t from, int64_t to, int64_t now)
      : out_(out), from_(from), to_(to), now_(now) {}

  void Add(const tsdb::SeriesQuality& series, bool counter) {
    labels_ = &series.labels;
    counter_ = counter;
    metric_ = &out_.metrics[std::string(series.labels.Get(tsdb::kMetricName))];
    ++metric_->series;
    const tsdb::DayQuality* before = nullptr;
    for (const tsdb::DayQuality& day : series.days) {
      if (before != nullptr && !before->ended) AddGapBetween(*before, day);
      for (const tsdb::HourQuality& hour : day.hours) {
        if (hour.end > from_ && hour.end - kHourMs < to_) Add(hour);
      }
      before = &day;
    }
  }

 private:
  void Add(const tsdb::HourQuality& hour) {
    metric_->found += hour.found;
    metric_->expected += hour.found + hour.missing;
    metric_->gap_minutes += hour.gap_minutes;
    metric_->resets += hour.resets;
    metric_->nans += hour.nans;
    metric_->bad_counts += hour.bad_counts;
    if (hour.gap_minutes > 0) {
      out_.gaps.push_back({labels_, hour.end - kHourMs, hour.end, hour.gap_minutes});
    }
    if (counter_) {
      metric_->negatives += hour.negatives;
      Note(hour, "negative_counter", hour.negatives);
    }
    if (hour.nans >= kNanStorm && 2 * hour.nans >= hour.found) Note(hour, "nan_storm", hour.nans);
    Note(hour, "bad_histogram_count", hour.bad_counts);
    if (hour.end - kHourMs > now_) {
      metric_->future += hour.found;
      Note(hour, "future", hour.found);
    }
  }
  void Note(const tsdb::HourQuality& hour, std::string_view kind, uint64_t samples) {
    if (samples > 0) out_.anomalies.push_back({labels_, hour.end, kind, samples});
  }

  // From the last sample of a day to the first one of a later.
  void AddGapBetween(const tsdb::DayQuality& before, const tsdb::DayQuality& after) {
    const int64_t interval = std::max(before.interval_ms, after.interval_ms);
    const int64_t from = std::max(before.last_t, from_);
    const int64_t to = std::min(after.first_t, to_);
    if (interval == 0 || to - from <= interval + interval / 2) return;
    const int64_t lack = to - from - interval;
    const auto minutes = static_cast<uint64_t>((lack + kMinuteMs / 2) / kMinuteMs);
    metric_->expected += static_cast<uint64_t>(lack / interval);
    metric_->gap_minutes += minutes;
    out_.gaps.push_back({labels_, from, to, minutes});
  }

  QualitySummary& out_;
  const int64_t from_;
  const int64_t to_;
  const int64_t now_;
  const tsdb::Labels* labels_ = nullptr;
  bool counter_ = false;
  MetricQuality* metric_ = nullptr;
};

}  // namespace

QualitySummary QualitySummary::Of(const tsdb::QualityReport& report, int64_t from, int64_t to,
                                  int64_t now,
                                  const std::map<std::string, tsdb::Metadata>& metadata) {
  QualitySummary out;
  Summer summer(out, from, to, now);
  for (const tsdb::SeriesQuality& series : report.series) {
    summer.Add(series, IsCounter(series.labels.Get(tsdb::kMetricName), metadata));
  }
  std::stable_sort(out.gaps.begin(), out.gaps.end(),
                   [](const QualityGap& a, const QualityGap& b) { return a.minutes > b.minutes; });
  return out;
}

}  // namespace tidemark::server
