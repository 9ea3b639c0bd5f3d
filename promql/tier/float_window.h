// FloatWindow: the parts of tsdb::Agg that a series without histograms needs: an
// eighth of its size, and combining many of them is most of what a window costs.
#pragma once

#include <cmath>
#include <cstdint>

#include "tsdb/agg/agg.h"

namespace tidemark::promql {

struct FloatWindow {
  tsdb::FloatAgg floats;
  uint64_t resets = 0;
  uint64_t changes = 0;

  FloatWindow() = default;
  // Of an Agg without histograms.
  explicit FloatWindow(const tsdb::Agg& agg)
      : floats(agg.floats), resets(agg.resets), changes(agg.changes) {}

  // The next sample, or a stale marker, which is passed over.
  void Add(const tsdb::Sample& sample) {
    if (tsdb::IsStaleNaN(sample.v)) return;
    CountStepTo(sample.v);
    floats.Add(sample);
  }

  void Combine(const FloatWindow& later) {
    if (later.floats.n == 0) return;
    CountStepTo(later.floats.first.v);
    floats.Combine(later.floats);
    resets += later.resets;
    changes += later.changes;
  }

  tsdb::Agg ToAgg() const {
    tsdb::Agg agg;
    agg.floats = floats;
    agg.resets = resets;
    agg.changes = changes;
    return agg;
  }

 private:
  // As tsdb::Agg counts it.
  void CountStepTo(double v) {
    if (floats.n == 0) return;
    const double before = floats.last.v;
    resets += v < before ? 1 : 0;
    changes += v != before && !(std::isnan(v) && std::isnan(before)) ? 1 : 0;
  }
};

}  // namespace tidemark::promql
