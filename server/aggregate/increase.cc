#include "server/aggregate/increase.h"

#include <utility>

namespace tidemark::server {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

FloatHistogram Increase(const FloatHistogram& before, const FloatHistogram& now) {
  if (now.DetectReset(before)) return now;
  FloatHistogram grown = now;
  // Of mixed kinds it would be a reset.
  if (!grown.Sub(before).ok()) return now;
  grown.counter_reset_hint = CounterResetHint::kUnknown;
  grown.Compact(0);
  return grown;
}

Status Grow(FloatHistogram& total, const FloatHistogram& increase) {
  FloatHistogram grown = total;
  const auto combined = grown.Add(increase);
  if (!combined.ok()) return combined.status();
  grown.counter_reset_hint = CounterResetHint::kUnknown;
  total = std::move(grown);
  return OkStatus();
}

FloatHistogram EmptyLike(const FloatHistogram& h) {
  FloatHistogram empty;
  empty.schema = h.schema;
  empty.zero_threshold = h.zero_threshold;
  empty.custom_values = h.custom_values;
  return empty;
}

}  // namespace tidemark::server
