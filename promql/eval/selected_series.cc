#include "promql/eval/selected_series.h"

#include <fmt/format.h>

namespace tidemark::promql {

StatusOr<std::unique_ptr<tsdb::SeriesSet>> SelectSeries(EvalContext& context,
                                                        const VectorSelector& selector,
                                                        tsdb::SelectHints hints) {
  hints.cancellation = &context.cancellation;
  ASSIGN_OR_RETURN(std::unique_ptr<tsdb::SeriesSet> set,
                   context.querier.Select(selector.matchers, hints));
  context.stats.series += set->size();
  if (context.stats.series > context.options.max_series) {
    return FailedPrecondition(
        fmt::format("the query selects {} series, more than the limit of {}: narrow its selectors "
                    "with label matchers, or raise max_series",
                    context.stats.series, context.options.max_series));
  }
  return set;
}

std::vector<tsdb::Labels> LabelsOf(const tsdb::SeriesSet& set) {
  std::vector<tsdb::Labels> labels;
  labels.reserve(set.size());
  for (size_t i = 0; i < set.size(); ++i) labels.push_back(set.labels(i));
  return labels;
}

}  // namespace tidemark::promql
