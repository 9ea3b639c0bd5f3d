// Sample: one float at one time; StaleNaN: the value that ends a series.
#pragma once

#include <bit>
#include <cstdint>

#include "tsdb/model/histogram.h"

namespace tidemark::tsdb {

// The exact NaN by which a sender says "this series is gone"
// (Prometheus model/value, Remote Write 1.0 specification).
inline constexpr uint64_t kStaleNaNBits = 0x7ff0000000000002;
inline constexpr double kStaleNaN = std::bit_cast<double>(kStaleNaNBits);

// By bits: every NaN differs from every number, this one from other NaNs too.
inline bool IsStaleNaN(double v) { return std::bit_cast<uint64_t>(v) == kStaleNaNBits; }

struct Sample {
  int64_t t = 0;  // milliseconds since the Unix epoch
  double v = 0;
};

// The same sample: values compared by bits, so that NaN equals itself.
inline bool SameSample(const Sample& a, const Sample& b) {
  return a.t == b.t && std::bit_cast<uint64_t>(a.v) == std::bit_cast<uint64_t>(b.v);
}

struct HistogramSample {
  int64_t t = 0;  // milliseconds since the Unix epoch
  FloatHistogram h;
};

}  // namespace tidemark::tsdb
