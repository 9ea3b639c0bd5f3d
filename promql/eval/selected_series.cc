#include "promql/eval/selected_series.h"

#include <fmt/format.h>

#include <utility>

#include "promql/eval/histogram_stats.h"
#include "promql/eval/saturate.h"

namespace tidemark::promql {

StatusOr<std::unique_ptr<tsdb::SeriesSet>> SelectSeries(EvalContext& context,
                                                        const VectorSelector& selector,
                                                        tsdb::SelectHints hints) {
  hints.cancellation = &context.cancellation;
  const int64_t start = hints.start;
  const int64_t lead_ms = hints.buckets || hints.range_ms == 0 ? 0 : context.lookback_ms;
  hints.start = SaturatingSub(hints.start, lead_ms);
  ASSIGN_OR_RETURN(std::unique_ptr<tsdb::SeriesSet> set,
                   context.querier.Select(selector.matchers, hints));
  context.stats.series += set->size();
  if (context.stats.series > context.options.max_series) {
    return FailedPrecondition(
        fmt::format("the query selects {} series, more than the limit of {}: narrow its selectors "
                    "with label matchers, or raise max_series",
                    context.stats.series, context.options.max_series));
  }
  return hints.buckets ? std::move(set) : WithoutBuckets(std::move(set), start, lead_ms);
}

std::vector<tsdb::Labels> LabelsOf(const tsdb::SeriesSet& set) {
  std::vector<tsdb::Labels> labels;
  labels.reserve(set.size());
  for (size_t i = 0; i < set.size(); ++i) labels.push_back(set.labels(i));
  return labels;
}

}  // namespace tidemark::promql
