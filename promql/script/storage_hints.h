// Counter-reset hints as a storage finds them, for the series of scripts.
//
//   StorageHints hints;
//   for (tsdb::FloatHistogram& h : histograms) h.counter_reset_hint = hints.Next(h);
//
// Prometheus' storage keeps histograms in chunks inside which nothing is reset and
// the layout does not change: all but the first of a chunk are read as "not a
// reset", the first one as unknown, whatever its sender said; gauges stay gauges.
// Chunks that are cut for their size or age, hundreds of samples on, are not.
//
// Threads: one.
#pragma once

#include <optional>

#include "tsdb/model/histogram.h"

namespace tidemark::promql {

// Of one series.
class StorageHints {
 public:
  // What `h`, the next sample of the series, is read with.
  tsdb::CounterResetHint Next(const tsdb::FloatHistogram& h);
  // A float comes between histograms.
  void NextIsFloat() { previous_.reset(); }

 private:
  bool Continues(const tsdb::FloatHistogram& h) const;

  std::optional<tsdb::FloatHistogram> previous_;  // of the same chunk
};

}  // namespace tidemark::promql
