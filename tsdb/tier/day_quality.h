// DayQuality: how complete one series is in the hours of a day, and what in it cannot
// be: made in the same pass as the aggregates, and kept beside them.
//
// What is expected is told from the series itself: a sample every `interval_ms`, which
// is how far samples lie apart on that day, from the first to the last one.  After a
// stale marker nothing is expected until the next sample.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/model/sample_iterator.h"

namespace tidemark::tsdb {

struct HourQuality {
  int64_t end = 0;       // of the hour; milliseconds since the Unix epoch
  uint64_t found = 0;    // samples, stale markers left out
  uint64_t missing = 0;  // samples that were expected between others
  uint64_t gap_minutes = 0;
  uint64_t resets = 0;      // as PromQL's resets counts them; from the aggregates
  uint64_t nans = 0;        // floats that are no number, stale markers left out
  uint64_t negatives = 0;   // floats below 0
  uint64_t bad_counts = 0;  // histograms whose count is not the sum of their buckets

  bool operator==(const HourQuality&) const = default;
};

struct DayQuality {
  int64_t interval_ms = 0;  // 0: there are too few samples to tell
  int64_t first_t = 0;      // of the first and the last sample
  int64_t last_t = 0;
  bool ended = false;              // a stale marker comes after the last one
  std::vector<HourQuality> hours;  // with samples, or that lack some; ascending

  bool operator==(const DayQuality&) const = default;
};

// Threads: one.
class DayQualityMaker {
 public:
  // Later than all before, and of the same day.
  void Add(const SampleRun& run);
  // Without hours where there were no samples.
  DayQuality Finish();

 private:
  struct Times {
    int64_t t;
    bool stale;
  };
  HourQuality& HourOf(int64_t t);
  void AddGap(int64_t from, int64_t to, int64_t interval);

  std::vector<Times> all_;
  DayQuality day_;
};

// As bytes, and back.  Layout: docs/formats.md, quality blocks.
//   kDataLoss  the bytes were not written by EncodeDayQuality
std::string EncodeDayQuality(const DayQuality& day);
StatusOr<DayQuality> DecodeDayQuality(std::string_view value);

}  // namespace tidemark::tsdb
