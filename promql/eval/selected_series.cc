#include "promql/eval/selected_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "promql/eval/histogram_stats.h"
#include "promql/eval/saturate.h"

namespace tidemark::promql {

namespace {

// What no core can evaluate in a second: far above what is seen, so that only
// what is certain to time out is refused.
constexpr double kWindowsPerMs = 1e6;

uint64_t BytesOf(const tsdb::SeriesSet& set) {
  uint64_t bytes = set.size() * sizeof(tsdb::Labels);
  for (size_t i = 0; i < set.size(); ++i) bytes += set.labels(i).packed().size();
  return bytes;
}

// Before the first sample is read.
Status CheckPrice(EvalContext& context, const tsdb::SeriesSet& set,
                  const tsdb::SelectHints& hints) {
  RETURN_IF_ERROR(context.meter.TakeBytes(BytesOf(set)));
  if (hints.step_ms <= 0 || context.timeout_ms <= 0) return OkStatus();
  const int64_t range_ms = std::max<int64_t>(SaturatingSub(hints.end, hints.start), 0);
  // Before the first step.
  const int64_t lead_ms = hints.range_ms > 0 ? hints.range_ms : context.lookback_ms;
  const double steps =
      std::max(static_cast<double>(range_ms - lead_ms), 0.0) / static_cast<double>(hints.step_ms);
  const double windows = steps * static_cast<double>(set.size());
  if (windows <= kWindowsPerMs * static_cast<double>(context.timeout_ms)) return OkStatus();
  return FailedPrecondition(fmt::format(
      "the query looks at {} series at {:.0f} steps, which cannot end within its timeout "
      "of {} ms: use a longer step or a shorter range, or narrow its selectors",
      set.size(), steps, context.timeout_ms));
}

}  // namespace

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
                    "with label matchers, or raise query.max_series",
                    context.stats.series, context.options.max_series));
  }
  RETURN_IF_ERROR(CheckPrice(context, *set, hints));
  return hints.buckets ? std::move(set) : WithoutBuckets(std::move(set), start, lead_ms);
}

std::vector<tsdb::Labels> LabelsOf(const tsdb::SeriesSet& set) {
  std::vector<tsdb::Labels> labels;
  labels.reserve(set.size());
  for (size_t i = 0; i < set.size(); ++i) labels.push_back(set.labels(i));
  return labels;
}

}  // namespace tidemark::promql
