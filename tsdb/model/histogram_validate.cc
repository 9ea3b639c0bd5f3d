// What makes a histogram one that may be stored.  The order of the checks is
// Prometheus', so that a histogram with two faults is refused for the same one.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "tsdb/base/go_float.h"
#include "tsdb/model/histogram.h"

namespace tidemark::tsdb {
namespace {

// Far beyond any bucket of a double; keeps sums of offsets inside 32 bits.
constexpr int64_t kMaxIndex = int64_t{1} << 30;

Status CheckSpans(const std::vector<BucketSpan>& spans, size_t buckets, bool negative_first) {
  uint64_t needed = 0;
  int64_t index = 0;
  for (size_t i = 0; i < spans.size(); ++i) {
    const BucketSpan& span = spans[i];
    if (span.offset < 0 && (i > 0 || !negative_first)) {
      return InvalidArgument(fmt::format(
          "span number {} with offset {}: histogram has a span whose offset is negative", i + 1,
          span.offset));
    }
    needed += span.length;
    index += int64_t{span.offset} + span.length;
    if (std::abs(index) > kMaxIndex) {
      return InvalidArgument(fmt::format("span number {} reaches bucket index {}, beyond {}", i + 1,
                                         index, kMaxIndex));
    }
  }
  if (needed == buckets) return OkStatus();
  return InvalidArgument(
      fmt::format("spans need {} buckets, have {} buckets: histogram spans specify different "
                  "number of buckets than provided",
                  needed, buckets));
}

Status CheckCounts(const std::vector<double>& buckets) {
  for (size_t i = 0; i < buckets.size(); ++i) {
    if (buckets[i] < 0) {
      return InvalidArgument(
          fmt::format("bucket number {} has observation count of {}: histogram has a bucket whose "
                      "observation count is negative",
                      i + 1, GoFloat(buckets[i])));
    }
  }
  return OkStatus();
}

Status CheckBounds(const std::vector<double>& bounds) {
  for (size_t i = 0; i < bounds.size(); ++i) {
    if (std::isnan(bounds[i])) return InvalidArgument("histogram custom bounds must not be NaN");
    if (i > 0 && bounds[i] <= bounds[i - 1]) {
      return InvalidArgument(
          fmt::format("previous bound is {:f} and current is {:f}: histogram custom bounds must be "
                      "in strictly increasing order",
                      bounds[i - 1], bounds[i]));
    }
  }
  if (!bounds.empty() && bounds.back() == std::numeric_limits<double>::infinity()) {
    return InvalidArgument(
        "last +Inf bound must not be explicitly defined: histogram custom bounds must be finite");
  }
  return OkStatus();
}

uint64_t SpanEnd(const std::vector<BucketSpan>& spans) {
  uint64_t end = 0;
  for (const BucketSpan& span : spans) end += static_cast<uint64_t>(span.offset) + span.length;
  return end;
}

Status CheckCustomSpans(const FloatHistogram& h) {
  RETURN_IF_ERROR(CheckBounds(h.custom_values));
  RETURN_IF_ERROR(CheckSpans(h.positive_spans, h.positive_buckets.size(), false));
  const uint64_t end = SpanEnd(h.positive_spans);
  if (end <= h.custom_values.size() + 1) return OkStatus();
  return InvalidArgument(
      fmt::format("only {} custom bounds defined which is insufficient to cover total span length "
                  "of {}: histogram custom bounds are too few",
                  h.custom_values.size(), end));
}

Status Prefixed(const char* prefix, const Status& status) {
  if (status.ok()) return status;
  return InvalidArgument(fmt::format("{}: {}", prefix, MessageOf(status)));
}

Status CheckCustom(const FloatHistogram& h) {
  RETURN_IF_ERROR(Prefixed("custom buckets", CheckCustomSpans(h)));
  if (h.zero_count != 0) return InvalidArgument("custom buckets: must have zero count of 0");
  if (h.zero_threshold != 0) {
    return InvalidArgument("custom buckets: must have zero threshold of 0");
  }
  if (!h.negative_spans.empty()) {
    return InvalidArgument("custom buckets: must not have negative spans");
  }
  if (!h.negative_buckets.empty()) {
    return InvalidArgument("custom buckets: must not have negative buckets");
  }
  return OkStatus();
}

Status CheckExponential(const FloatHistogram& h) {
  RETURN_IF_ERROR(
      Prefixed("positive side", CheckSpans(h.positive_spans, h.positive_buckets.size(), true)));
  RETURN_IF_ERROR(
      Prefixed("negative side", CheckSpans(h.negative_spans, h.negative_buckets.size(), true)));
  RETURN_IF_ERROR(Prefixed("negative side", CheckCounts(h.negative_buckets)));
  if (h.zero_count < 0) {
    return InvalidArgument(
        fmt::format("zero bucket has observation count of {}: histogram has a bucket whose "
                    "observation count is negative",
                    GoFloat(h.zero_count)));
  }
  if (std::isnan(h.zero_threshold)) return InvalidArgument("the zero threshold is NaN");
  if (!h.custom_values.empty()) {
    return InvalidArgument("histogram with exponential schema must not have custom bounds");
  }
  return OkStatus();
}

double Total(const std::vector<double>& buckets) {
  double total = 0;
  for (const double bucket : buckets) total += bucket;
  return total;
}

}  // namespace

Status FloatHistogram::Validate() const {
  if (UsesCustomBuckets()) {
    RETURN_IF_ERROR(CheckCustom(*this));
  } else if (schema >= kMinSchema && schema <= kMaxSchema) {
    RETURN_IF_ERROR(CheckExponential(*this));
  } else {
    return InvalidArgument(
        fmt::format("histogram has an invalid schema, which must be between {} and {} for "
                    "exponential buckets, or {} for custom buckets, got schema {}",
                    kMinSchema, kMaxSchema, kCustomBucketsSchema, schema));
  }
  if (count < 0) {
    return InvalidArgument(fmt::format(
        "observation count is  {}: histogram's observation count is negative", GoFloat(count)));
  }
  return Prefixed("positive side", CheckCounts(positive_buckets));
}

Status FloatHistogram::ValidateIntegerCount() const {
  const double found = Total(negative_buckets) + Total(positive_buckets) + zero_count;
  const bool with_nan = std::isnan(sum);
  if (with_nan ? found <= count : found == count) return OkStatus();
  return InvalidArgument(fmt::format(
      "{:.0f} observations found in buckets, but the Count field is {:.0f}: {}", found, count,
      with_nan ? "histogram's observation count should be at least the number of observations "
                 "found in the buckets"
               : "histogram's observation count should equal the number of observations found in "
                 "the buckets (in absence of NaN)"));
}

}  // namespace tidemark::tsdb
