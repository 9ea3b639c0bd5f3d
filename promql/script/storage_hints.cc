#include "promql/script/storage_hints.h"

namespace tidemark::promql {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;

CounterResetHint StorageHints::Next(const FloatHistogram& h) {
  const bool gauge = h.counter_reset_hint == CounterResetHint::kGauge;
  const bool continues = !gauge && Continues(h);
  if (gauge || h.IsStale()) {
    previous_.reset();
  } else {
    previous_ = h;
  }
  if (gauge) return CounterResetHint::kGauge;
  return continues ? CounterResetHint::kNotCounterReset : CounterResetHint::kUnknown;
}

bool StorageHints::Continues(const FloatHistogram& h) const {
  if (!previous_.has_value() || h.counter_reset_hint == CounterResetHint::kCounterReset) {
    return false;
  }
  if (h.schema != previous_->schema || h.zero_threshold != previous_->zero_threshold ||
      h.custom_values != previous_->custom_values) {
    return false;
  }
  // By the numbers: what the sender says of it is no proof.
  FloatHistogram unhinted = h;
  unhinted.counter_reset_hint = CounterResetHint::kUnknown;
  return !unhinted.DetectReset(*previous_);
}

}  // namespace tidemark::promql
