// Fold: how a series becomes part of another, which has fewer labels.
//
//   Fold fold;
//   fold.dropped = {"user_id"};
//   const tsdb::Labels output = fold.Output(labels);
//   const auto function = fold.FunctionOf(labels.metric_name());
//
// Series that fold into the same output are added up (server/aggregate/aggregator.h).
// __name__, le and quantile always stay: without them a sum would mix what is told
// apart.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/model/labels.h"

namespace tidemark::server {

inline constexpr std::string_view kOverflowLabel = "__overflow__";

// What the output's value is of its inputs'.  Numbers are on disk: never reuse one.
enum class FoldFunction : uint8_t {
  kIncrease = 0,  // counters and native histograms: the sum of all increases
  kSum = 1,       // gauges: of the newest value of each input
  kAvg = 2,
  kMin = 3,
  kMax = 4,
  kLast = 5,  // the newest value of any input
};
inline constexpr uint8_t kFoldFunctions = 6;

// "increase", "sum" …
std::string_view FoldFunctionName(FoldFunction function);
std::optional<FoldFunction> ParseFoldFunction(std::string_view name);

// Threads: const, from any.
struct Fold {
  // Labels that stay; none: all but `dropped`.
  std::optional<std::set<std::string, std::less<>>> kept;
  std::vector<std::string> dropped;
  bool overflow = false;  // the output has __overflow__="true"
  // Whether floats are counters; none: those are whose name ends with _total,
  // _count, _sum or _bucket, as senders name them.
  std::optional<bool> counters;
  // Of floats that are no counters; none: they have no place in an output.
  std::optional<FoldFunction> gauges;

  bool Drops(std::string_view label) const;
  // Whether there is anything to drop; `overflow` does not count.
  bool Changes(const tsdb::Labels& labels) const;
  tsdb::Labels Output(const tsdb::Labels& labels) const;
  // Of a metric's floats; none: nobody said.  Native histograms are kIncrease.
  std::optional<FoldFunction> FunctionOf(std::string_view metric) const;
};

}  // namespace tidemark::server
