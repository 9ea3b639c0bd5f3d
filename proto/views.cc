#include "proto/views.h"

namespace tidemark::proto {

void ExemplarView::Clear() {
  labels.clear();
  t = 0;
  value = 0;
  fault.clear();
}

void HistogramView::Clear() {
  is_float = is_float_zero = false;
  count_int = zero_count_int = 0;
  count_float = zero_count_float = sum = zero_threshold = 0;
  t = start = 0;
  schema = reset_hint = 0;
  negative_spans.clear();
  positive_spans.clear();
  negative_deltas.clear();
  positive_deltas.clear();
  negative_counts.clear();
  positive_counts.clear();
  custom_values.clear();
}

}  // namespace tidemark::proto
