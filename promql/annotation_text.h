// What annotations say: Prometheus' texts (util/annotations), without position.
//
//   annotations.Add(MixedFloatsHistograms(labels.metric_name()), expr.pos);
//
// Metric names may be empty where the text can do without.
#pragma once

#include <string>
#include <string_view>

#include "promql/annotations.h"

namespace tidemark::promql {

// What was done to histograms, as some texts say it.
enum class HistogramOperation { kAddition, kSubtraction, kAggregation };

// Warnings.
Annotation InvalidRatio(double ratio, double capped_to);
Annotation InvalidQuantile(double quantile);
Annotation BadBucketLabel(std::string_view metric, std::string_view value);
Annotation MixedFloatsHistograms(std::string_view metric);
Annotation MixedFloatsHistogramsInAggregation();
Annotation MixedClassicNativeHistograms(std::string_view metric);
Annotation NativeHistogramNotCounter(std::string_view metric);
Annotation NativeHistogramNotGauge(std::string_view metric);
Annotation MixedExponentialCustomHistograms(std::string_view metric);
Annotation IncompatibleBucketLayoutInBinary(std::string_view op);
Annotation HistogramCounterResetCollision(HistogramOperation operation);
Annotation SortInRangeQuery();
Annotation StartTimeOverlap(std::string_view metric);  // counted

// Infos.
Annotation PossibleNonCounter(std::string_view metric);
Annotation IncompatibleTypesInBinary(std::string_view lhs_type, std::string_view op,
                                     std::string_view rhs_type);
Annotation HistogramIgnoredInAggregation(std::string_view aggregation);
Annotation HistogramIgnoredInMixedRange(std::string_view metric);
Annotation MismatchedCustomBuckets(HistogramOperation operation);
Annotation NativeHistogramQuantileNaNResult(std::string_view metric);
Annotation NativeHistogramQuantileNaNSkew(std::string_view metric);
Annotation NativeHistogramFractionNaNs(std::string_view metric);
// For Annotations::AddForcedMonotonicity.
std::string HistogramQuantileForcedMonotonicityText(std::string_view metric);

}  // namespace tidemark::promql
