// QualitySummary: what the hours of some series come to, metric by metric, with the
// gaps and what cannot be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/model/labels.h"
#include "tsdb/storage.h"

namespace tidemark::server {

struct MetricQuality {
  uint64_t series = 0;
  uint64_t expected = 0;  // samples
  uint64_t found = 0;
  uint64_t gap_minutes = 0;
  uint64_t resets = 0;
  uint64_t nans = 0;
  uint64_t negatives = 0;  // of counters
  uint64_t bad_counts = 0;
  uint64_t future = 0;  // samples of hours that have not begun
  // Of what was expected; 1 where nothing was.
  double completeness() const {
    return expected == 0 ? 1 : static_cast<double>(found) / static_cast<double>(expected);
  }
};

struct QualityGap {
  const tsdb::Labels* labels;  // of the report
  int64_t from = 0;            // (from, to]: an hour, or more where a day lacks whole hours
  int64_t to = 0;
  uint64_t minutes = 0;
};

struct QualityAnomaly {
  const tsdb::Labels* labels;
  int64_t hour_end = 0;
  std::string_view kind;  // "negative_counter", "nan_storm", "bad_histogram_count", "future"
  uint64_t samples = 0;
};

struct QualitySummary {
  std::map<std::string, MetricQuality, std::less<>> metrics;
  std::vector<QualityGap> gaps;  // the longest first
  std::vector<QualityAnomaly> anomalies;

  // Of the hours that end within (from, to + 1 h].  A metric is a counter if its metadata
  // say so, or without any, its name.  `report` must outlive the summary.
  static QualitySummary Of(const tsdb::QualityReport& report, int64_t from, int64_t to, int64_t now,
                           const std::map<std::string, tsdb::Metadata>& metadata);
};

}  // namespace tidemark::server
