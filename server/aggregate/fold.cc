#include "server/aggregate/fold.h"

#include <algorithm>
#include <array>

namespace tidemark::server {
namespace {

constexpr std::array<std::string_view, kFoldFunctions> kNames = {"increase", "sum", "avg",
                                                                 "min",      "max", "last"};
constexpr std::string_view kAlwaysKept[] = {"__name__", "le", "quantile"};
constexpr std::string_view kCounterSuffixes[] = {"_total", "_count", "_sum", "_bucket"};

bool IsCounterName(std::string_view metric) {
  return std::any_of(std::begin(kCounterSuffixes), std::end(kCounterSuffixes),
                     [metric](std::string_view suffix) { return metric.ends_with(suffix); });
}

}  // namespace

std::string_view FoldFunctionName(FoldFunction function) {
  return kNames[static_cast<size_t>(function)];
}

std::optional<FoldFunction> ParseFoldFunction(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<FoldFunction>(found - kNames.begin());
}

bool Fold::Drops(std::string_view label) const {
  if (std::count(std::begin(kAlwaysKept), std::end(kAlwaysKept), label) > 0) return false;
  if (kept) return !kept->contains(label);
  return std::find(dropped.begin(), dropped.end(), label) != dropped.end();
}

bool Fold::Changes(const tsdb::Labels& labels) const {
  return std::any_of(labels.begin(), labels.end(),
                     [this](tsdb::LabelView l) { return Drops(l.name); });
}

tsdb::Labels Fold::Output(const tsdb::Labels& labels) const {
  std::vector<tsdb::LabelView> left;
  for (const tsdb::LabelView l : labels) {
    if (!Drops(l.name)) left.push_back(l);
  }
  const tsdb::Labels output = tsdb::Labels::FromSortedViews(left);
  return overflow ? output.With(kOverflowLabel, "true") : output;
}

std::optional<FoldFunction> Fold::FunctionOf(std::string_view metric) const {
  if (counters.value_or(IsCounterName(metric))) return FoldFunction::kIncrease;
  return gauges;
}

}  // namespace tidemark::server
