#include "tsdb/agg/agg.h"

#include <cmath>

#include "tsdb/base/check.h"

namespace tidemark::tsdb {
namespace {

// A sample at an end of an interval: the first or the last of an Agg.
struct Edge {
  int64_t t;
  double v;
  const FloatHistogram* h;  // null: a float
};

// Of Aggs that are not empty.
Edge Begin(const Agg& agg) {
  const Sample& f = agg.floats.first;
  const HistogramSample& h = agg.histograms.first;
  const bool is_float = agg.histograms.n == 0 || (agg.floats.n > 0 && f.t < h.t);
  return is_float ? Edge{f.t, f.v, nullptr} : Edge{h.t, 0, &h.h};
}

Edge End(const Agg& agg) {
  const Sample& f = agg.floats.last;
  const HistogramSample& h = agg.histograms.last;
  const bool is_float = agg.histograms.n == 0 || (agg.floats.n > 0 && f.t > h.t);
  return is_float ? Edge{f.t, f.v, nullptr} : Edge{h.t, 0, &h.h};
}

bool Changed(double before, double v) {
  return v != before && !(std::isnan(v) && std::isnan(before));
}

// Counts the step between two neighbours.
void CountStep(const Edge& from, const Edge& to, Agg& agg) {
  CHECK(from.t < to.t, "an Agg goes on with what is later");
  if ((from.h == nullptr) != (to.h == nullptr)) {
    ++agg.resets;
    ++agg.changes;
  } else if (from.h == nullptr) {
    agg.resets += to.v < from.v ? 1 : 0;
    agg.changes += Changed(from.v, to.v) ? 1 : 0;
  } else {
    agg.resets += to.h->DetectReset(*from.h) ? 1 : 0;
    agg.changes += to.h->Equals(*from.h) ? 0 : 1;
  }
}

}  // namespace

void Agg::Add(const SampleRun& run) {
  for (size_t i = 0; i < run.size(); ++i) {
    if (run.is_float()) {
      Add(Sample{run.t[i], run.v[i]});
    } else {
      Add(run.t[i], run.h[i]);
    }
  }
}

void Agg::Add(const Sample& sample) {
  if (IsStaleNaN(sample.v)) {
    MarkStale(sample.t);
    return;
  }
  if (!empty()) CountStep(End(*this), {sample.t, sample.v, nullptr}, *this);
  floats.Add(sample);
  stale_t.reset();
}

void Agg::Add(int64_t t, const FloatHistogram& h) {
  if (h.IsStale()) {
    MarkStale(t);
    return;
  }
  if (!empty()) CountStep(End(*this), {t, 0, &h}, *this);
  histograms.Add(t, h);
  stale_t.reset();
}

void Agg::Combine(const Agg& later) {
  if (later.empty()) {
    if (later.stale_t.has_value()) MarkStale(*later.stale_t);
    return;
  }
  if (!empty()) CountStep(End(*this), Begin(later), *this);
  resets += later.resets;
  changes += later.changes;
  floats.Combine(later.floats);
  histograms.Combine(later.histograms);
  stale_t = later.stale_t;
}

// Only the first marker after the last sample says when the series ended.
void Agg::MarkStale(int64_t t) {
  if (!stale_t.has_value()) stale_t = t;
}

}  // namespace tidemark::tsdb
