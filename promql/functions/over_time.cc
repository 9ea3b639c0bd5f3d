#include "promql/functions/over_time.h"

#include <cmath>

#include "promql/functions/start_time.h"

namespace tidemark::promql {
namespace {

double Seconds(int64_t t) { return static_cast<double>(t) / 1000; }

// Of two that cannot be at the same time; both lists are not empty together.
bool FirstIsFloat(const Window& w) {
  if (w.histograms.empty()) return true;
  return !w.floats.empty() && w.float_t.front() < w.histogram_t.front();
}
bool LastIsFloat(const Window& w) {
  if (w.histograms.empty()) return true;
  return !w.floats.empty() && w.float_t.back() > w.histogram_t.back();
}

// The index of the float that `better(candidate, best so far)` picks.
template <typename Better>
size_t Pick(const Window& w, Better better) {
  size_t best = 0;
  for (size_t i = 1; i < w.floats.size(); ++i) {
    if (better(w.floats[i], w.floats[best]) || std::isnan(w.floats[best])) best = i;
  }
  return best;
}

void NoteIgnoredHistograms(const Window& w, RangeCall& call) {
  if (!w.histograms.empty()) call.Annotate(HistogramIgnoredInMixedRange(call.metric));
}

template <typename Better>
Status EmitPicked(const Window& w, RangeCall& call, size_t step, StepSeries& out, Better better) {
  if (w.floats.empty()) return OkStatus();
  NoteIgnoredHistograms(w, call);
  out.SetFloat(step, w.floats[Pick(w, better)]);
  return OkStatus();
}

template <typename Better>
Status EmitPickedTime(const Window& w, RangeCall& call, size_t step, StepSeries& out,
                      Better better) {
  if (w.floats.empty()) return OkStatus();
  NoteIgnoredHistograms(w, call);
  out.SetFloat(step, Seconds(w.float_t[Pick(w, better)]));
  return OkStatus();
}

// Counts pairs of neighbours, in the order of time over both types, for which
// the predicate of their type holds, given the index of the second; neighbours of
// different types always count.
template <typename FloatPair, typename HistogramPair>
size_t CountPairs(const Window& w, FloatPair floats_count, HistogramPair histograms_count) {
  size_t count = 0;
  size_t f = 0;
  size_t h = 0;
  enum class Type { kNone, kFloat, kHistogram } previous = Type::kNone;
  while (f < w.floats.size() || h < w.histograms.size()) {
    const bool is_float =
        h == w.histograms.size() || (f < w.floats.size() && w.float_t[f] < w.histogram_t[h]);
    const Type type = is_float ? Type::kFloat : Type::kHistogram;
    if (previous != Type::kNone && previous != type) {
      ++count;
    } else if (previous == Type::kFloat) {
      count += floats_count(f);
    } else if (previous == Type::kHistogram) {
      count += histograms_count(h);
    }
    previous = type;
    is_float ? ++f : ++h;
  }
  return count;
}

}  // namespace

Status CountOverTime(const Window& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  out.SetFloat(step, static_cast<double>(w.floats.size() + w.histograms.size()));
  return OkStatus();
}

Status PresentOverTime(const Window& /*w*/, RangeCall& /*call*/, size_t step, StepSeries& out) {
  out.SetFloat(step, 1);
  return OkStatus();
}

Status FirstOverTime(const Window& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  if (FirstIsFloat(w)) {
    out.SetFloat(step, w.floats.front());
  } else {
    out.SetHistogram(step, w.histograms.front());
  }
  return OkStatus();
}

Status LastOverTime(const Window& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  if (LastIsFloat(w)) {
    out.SetFloat(step, w.floats.back());
  } else {
    out.SetHistogram(step, w.histograms.back());
  }
  return OkStatus();
}

Status TsOfFirstOverTime(const Window& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  out.SetFloat(step, Seconds(FirstIsFloat(w) ? w.float_t.front() : w.histogram_t.front()));
  return OkStatus();
}

Status TsOfLastOverTime(const Window& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  out.SetFloat(step, Seconds(LastIsFloat(w) ? w.float_t.back() : w.histogram_t.back()));
  return OkStatus();
}

Status MinOverTime(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  return EmitPicked(w, call, step, out, [](double v, double best) { return v < best; });
}

Status MaxOverTime(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  return EmitPicked(w, call, step, out, [](double v, double best) { return v > best; });
}

Status TsOfMinOverTime(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  return EmitPickedTime(w, call, step, out, [](double v, double best) { return v <= best; });
}

Status TsOfMaxOverTime(const Window& w, RangeCall& call, size_t step, StepSeries& out) {
  return EmitPickedTime(w, call, step, out, [](double v, double best) { return v >= best; });
}

Status Resets(const Window& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  const size_t resets = CountPairs(
      w,
      [&](size_t i) {
        return w.floats[i] < w.floats[i - 1] || StartedAnew(w.float_starts, w.float_t, i);
      },
      [&](size_t i) {
        return StartedAnew(w.histogram_starts, w.histogram_t, i) ||
               w.histograms[i]->DetectReset(*w.histograms[i - 1]);
      });
  out.SetFloat(step, static_cast<double>(resets));
  return OkStatus();
}

Status Changes(const Window& w, RangeCall& /*call*/, size_t step, StepSeries& out) {
  const size_t changes = CountPairs(
      w,
      [&](size_t i) {
        const double before = w.floats[i - 1];
        const double v = w.floats[i];
        return v != before && !(std::isnan(v) && std::isnan(before));
      },
      [&](size_t i) { return !w.histograms[i]->Equals(*w.histograms[i - 1]); });
  out.SetFloat(step, static_cast<double>(changes));
  return OkStatus();
}

}  // namespace tidemark::promql
