#include "promql/script/script_nhcb.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "promql/functions/histogram_classic.h"

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;
using tsdb::Labels;

// What is known of a histogram at one step.
struct Parts {
  std::map<double, double> buckets;  // cumulative counts by upper bound
  std::optional<double> count;
  double sum = 0;
};

enum class Suffix { kNone, kBucket, kCount, kSum };

Suffix TakeSuffix(std::string_view& name) {
  constexpr std::pair<std::string_view, Suffix> kSuffixes[] = {
      {"_bucket", Suffix::kBucket}, {"_count", Suffix::kCount}, {"_sum", Suffix::kSum}};
  for (const auto& [text, suffix] : kSuffixes) {
    if (!name.ends_with(text)) continue;
    name.remove_suffix(text.size());
    return suffix;
  }
  return Suffix::kNone;
}

StatusOr<FloatHistogram> Convert(Parts parts) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  const double highest = parts.buckets.empty() ? 0 : parts.buckets.rbegin()->second;
  const double count = parts.count.value_or(highest);
  parts.buckets.try_emplace(kInf, count);
  FloatHistogram h;
  h.schema = FloatHistogram::kCustomBucketsSchema;
  h.count = count;
  h.sum = parts.sum;
  h.positive_spans = {{0, static_cast<uint32_t>(parts.buckets.size())}};
  double below = 0;
  for (const auto& [upper, cumulative] : parts.buckets) {
    if (cumulative < below) {
      return InvalidArgument(fmt::format("count is not cumulative: {} < {}", cumulative, below));
    }
    h.positive_buckets.push_back(cumulative - below);
    if (upper != kInf) h.custom_values.push_back(upper);
    below = cumulative;
  }
  if (below != count) {
    return InvalidArgument(
        fmt::format("count mismatch: count={} != le=+Inf count={}", count, below));
  }
  h.Compact(0);
  return h;
}

// Histograms by their labels and step.
using Collected = std::map<Labels, std::map<size_t, Parts>>;

void Collect(const SeriesDescription& series, Collected& collected) {
  std::string_view name = series.labels.metric_name();
  const Suffix suffix = TakeSuffix(name);
  if (suffix == Suffix::kNone) return;
  const std::optional<double> upper = ParseUpperBound(series.labels.Get("le"));
  if (suffix == Suffix::kBucket && (!upper.has_value() || std::isnan(*upper))) return;
  auto& steps = collected[series.labels.With(tsdb::kMetricName, name).With("le", "")];
  for (size_t i = 0; i < series.values.size(); ++i) {
    const double* value = std::get_if<double>(&series.values[i].value);
    if (value == nullptr) continue;
    if (suffix == Suffix::kBucket) steps[i].buckets.try_emplace(*upper, *value);
    if (suffix == Suffix::kCount) steps[i].count = *value;
    if (suffix == Suffix::kSum) steps[i].sum = *value;
  }
}

}  // namespace

StatusOr<std::vector<SeriesDescription>> ToCustomBuckets(
    const std::vector<SeriesDescription>& classic) {
  Collected collected;
  for (const SeriesDescription& series : classic) Collect(series, collected);
  std::vector<SeriesDescription> native;
  for (auto& [labels, steps] : collected) {
    SeriesDescription series{labels, {}};
    for (auto& [step, parts] : steps) {
      ASSIGN_OR_RETURN(FloatHistogram h, Convert(std::move(parts)));
      series.values.resize(step, {Omitted{}});
      series.values.push_back({std::move(h)});
    }
    native.push_back(std::move(series));
  }
  return native;
}

}  // namespace tidemark::promql
