#include "tsdb/agg/float_agg.h"

#include <cmath>

#include "tsdb/model/kahan.h"

namespace tidemark::tsdb {
namespace {

// Takes over the extreme of `later`, or only its time, where they are equal.
void KeepMax(double v, int64_t t, double& max, int64_t& max_t) {
  if (v >= max || std::isnan(max)) max_t = t;
  if (v > max || std::isnan(max)) max = v;
}

void KeepMin(double v, int64_t t, double& min, int64_t& min_t) {
  if (v <= min || std::isnan(min)) min_t = t;
  if (v < min || std::isnan(min)) min = v;
}

}  // namespace

void FloatAgg::Add(const Sample& sample) {
  FloatAgg one;
  one.n = 1;
  one.first = one.last = sample;
  one.sum = one.mean = one.min = one.max = sample.v;
  one.squares = sample.v - sample.v;  // NaN where it is infinite
  one.min_t = one.max_t = sample.t;
  Combine(one);
}

void FloatAgg::Combine(const FloatAgg& later) {
  if (later.n == 0) return;
  if (n == 0) {
    *this = later;
    return;
  }
  correction += later.correction;
  if (later.first.v < last.v) correction += last.v;
  last = later.last;

  const bool finite = std::isfinite(sum) && std::isfinite(later.sum);
  KahanInc(later.sum, sum, compensation);
  compensation += later.compensation;
  overflowed |= later.overflowed || (finite && std::isinf(sum));

  const auto mine = static_cast<double>(n);
  const auto theirs = static_cast<double>(later.n);
  const double apart = later.mean - mean;
  mean += apart * (theirs / (mine + theirs));
  squares += later.squares + apart * (later.mean - mean) * theirs;

  KeepMax(later.max, later.max_t, max, max_t);
  KeepMin(later.min, later.min_t, min, min_t);
  n += later.n;
}

double FloatAgg::Sum() const { return std::isinf(sum) ? sum : sum + compensation; }

double FloatAgg::Average() const {
  const auto count = static_cast<double>(n);
  return sum / count + compensation / count;
}

}  // namespace tidemark::tsdb
