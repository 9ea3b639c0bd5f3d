#include "promql/annotation_text.h"

#include <fmt/format.h>

#include <utility>

#include "tsdb/base/go_float.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

Annotation Warning(std::string_view text) {
  return {Annotation::Level::kWarning, fmt::format("PromQL warning: {}", text)};
}

Annotation Info(std::string_view text) {
  return {Annotation::Level::kInfo, fmt::format("PromQL info: {}", text)};
}

std::string WithMetric(std::string_view text, std::string_view metric) {
  if (metric.empty()) return std::string(text);
  return fmt::format("{} for metric name {}", text, Quoted(metric));
}

std::string_view OperationName(HistogramOperation operation) {
  switch (operation) {
    case HistogramOperation::kAddition:
      return "addition";
    case HistogramOperation::kSubtraction:
      return "subtraction";
    case HistogramOperation::kAggregation:
      return "aggregation";
  }
  return "";
}

}  // namespace

Annotation InvalidRatio(double ratio, double capped_to) {
  return Warning(fmt::format("ratio value should be between -1 and 1, got {}, capping to {}",
                             GoFloat(ratio), GoFloat(capped_to)));
}

Annotation InvalidQuantile(double quantile) {
  return Warning(
      fmt::format("quantile value should be between 0 and 1, got {}", GoFloat(quantile)));
}

Annotation BadBucketLabel(std::string_view metric, std::string_view value) {
  const std::string text =
      fmt::format("bucket label \"le\" is missing or has a malformed value of {}", Quoted(value));
  return Warning(WithMetric(text, metric));
}

Annotation MixedFloatsHistograms(std::string_view metric) {
  return Warning(
      fmt::format("encountered a mix of histograms and floats for metric name {}", Quoted(metric)));
}

Annotation MixedFloatsHistogramsInAggregation() {
  return Warning("encountered a mix of histograms and floats for aggregation");
}

Annotation MixedClassicNativeHistograms(std::string_view metric) {
  return Warning(WithMetric("vector contains a mix of classic and native histograms", metric));
}

Annotation NativeHistogramNotCounter(std::string_view metric) {
  return Warning(fmt::format("this native histogram metric is not a counter: {}", Quoted(metric)));
}

Annotation NativeHistogramNotGauge(std::string_view metric) {
  return Warning(fmt::format("this native histogram metric is not a gauge: {}", Quoted(metric)));
}

Annotation MixedExponentialCustomHistograms(std::string_view metric) {
  return Warning(
      fmt::format("vector contains a mix of histograms with exponential and custom buckets "
                  "schemas for metric name {}",
                  Quoted(metric)));
}

Annotation IncompatibleBucketLayoutInBinary(std::string_view op) {
  return Warning(fmt::format("incompatible bucket layout encountered for binary operator {}", op));
}

Annotation HistogramCounterResetCollision(HistogramOperation operation) {
  return Warning(
      fmt::format("conflicting counter resets during histogram {}", OperationName(operation)));
}

Annotation SortInRangeQuery() {
  return Warning(
      "sort is ineffective for range queries since results are always ordered by labels");
}

Annotation StartTimeOverlap(std::string_view metric) {
  Annotation annotation = Warning(
      fmt::format("sample has start time that overlaps with previous sample timestamp for metric "
                  "{}",
                  Quoted(metric)));
  annotation.counted = true;
  return annotation;
}

Annotation PossibleNonCounter(std::string_view metric) {
  return Info(
      fmt::format("metric might not be a counter, name does not end in "
                  "_total/_sum/_count/_bucket: {}",
                  Quoted(metric)));
}

Annotation IncompatibleTypesInBinary(std::string_view lhs_type, std::string_view op,
                                     std::string_view rhs_type) {
  return Info(fmt::format("incompatible sample types encountered for binary operator {}: {} {} {}",
                          Quoted(op), lhs_type, op, rhs_type));
}

Annotation HistogramIgnoredInAggregation(std::string_view aggregation) {
  return Info(fmt::format("ignored histogram in {} aggregation", aggregation));
}

Annotation HistogramIgnoredInMixedRange(std::string_view metric) {
  return Info(
      fmt::format("ignored histograms in a range containing both floats and histograms for "
                  "metric name {}",
                  Quoted(metric)));
}

Annotation MismatchedCustomBuckets(HistogramOperation operation) {
  return Info(
      fmt::format("mismatched custom buckets were reconciled during {}", OperationName(operation)));
}

Annotation NativeHistogramQuantileNaNResult(std::string_view metric) {
  return Info(
      WithMetric("input to histogram_quantile has NaN observations, result is NaN", metric));
}

Annotation NativeHistogramQuantileNaNSkew(std::string_view metric) {
  return Info(WithMetric(
      "input to histogram_quantile has NaN observations, result is skewed higher", metric));
}

Annotation NativeHistogramFractionNaNs(std::string_view metric) {
  return Info(WithMetric(
      "input to histogram_fraction has NaN observations, which are excluded from all fractions",
      metric));
}

std::string HistogramQuantileForcedMonotonicityText(std::string_view metric) {
  return WithMetric(
      "PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see "
      "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)",
      metric);
}

}  // namespace tidemark::promql
