#include "tsdb/model/histogram_bounds.h"

#include <array>
#include <cmath>
#include <limits>

#include "tsdb/model/histogram.h"

namespace tidemark::tsdb {
namespace {

constexpr int kFinest = FloatHistogram::kMaxSchema;
constexpr size_t kPerOctave = size_t{1} << kFinest;

// Prometheus' table of bounds in [0.5, 1) is not correctly rounded, and its
// bounds show in results.  By how many ulps each entry at schema 8 lies below
// 2^(i/256 - 1): '0' is one above, '1' is exact, '5' is four below.
constexpr char kUlpsBelow[kPerOctave + 1] =
    "1111112111211111112311222222222211211121122211221122102211221122"
    "1111112222332132112111211112111111121011213311221222112121332222"
    "2121223322322122222222323233323311221121223321332233212232332232"
    "2243223233433343333333444455435422322333324422333243223333543344";

using BoundTable = std::array<double, kPerOctave>;

BoundTable MakeTable() {
  BoundTable table;
  for (size_t i = 0; i < kPerOctave; ++i) {
    const long double exact = std::exp2(static_cast<long double>(i) / kPerOctave - 1);
    const double ulp = std::numeric_limits<double>::epsilon() / 2;  // of [0.5, 1)
    table[i] = static_cast<double>(exact) - (kUlpsBelow[i] - '1') * ulp;
  }
  return table;
}

}  // namespace

double ExponentialBound(int64_t index, int32_t schema) {
  // 2^1024 is the bound that a double cannot hold; +Inf is the next one's.
  constexpr double kTooLarge = 1024;
  const double exponent = std::ldexp(static_cast<double>(index), -schema);
  if (exponent == kTooLarge) return std::numeric_limits<double>::max();
  if (schema < 0 || schema > kFinest) return std::exp2(exponent);
  if (std::abs(exponent) > 2 * kTooLarge) return exponent < 0 ? 0 : HUGE_VAL;
  static const BoundTable table = MakeTable();
  const int64_t per_octave = int64_t{1} << schema;
  const size_t within = static_cast<size_t>(index & (per_octave - 1)) << (kFinest - schema);
  return std::ldexp(table[within], static_cast<int>(index >> schema) + 1);
}

double CustomBound(int64_t index, std::span<const double> bounds) {
  if (index < 0) return -std::numeric_limits<double>::infinity();
  if (index >= static_cast<int64_t>(bounds.size())) return std::numeric_limits<double>::infinity();
  return bounds[static_cast<size_t>(index)];
}

}  // namespace tidemark::tsdb
