// What the tiers of a storage say, against what its samples come to.  For tests.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>

#include "tsdb/model/matcher.h"
#include "tsdb/storage.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::tsdb {

inline bool NearlyEqual(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

inline std::string Difference(const FloatAgg& got, const FloatAgg& want) {
  if (got.n != want.n)
    return "counts " + std::to_string(got.n) + ", want " + std::to_string(want.n);
  if (want.n == 0) return "";
  if (!SameSample(got.first, want.first) || !SameSample(got.last, want.last)) return "edges";
  if (!NearlyEqual(got.Increase(), want.Increase())) return "increases";
  if (!NearlyEqual(got.min, want.min) || !NearlyEqual(got.max, want.max)) return "extremes";
  if (got.min_t != want.min_t || got.max_t != want.max_t) return "times of extremes";
  if (got.overflowed) return "";
  if (!NearlyEqual(got.Sum(), want.Sum())) return "sums";
  return NearlyEqual(got.Variance(), want.Variance()) ? "" : "variances";
}

inline std::string Difference(const HistogramAgg& got, const HistogramAgg& want) {
  if (got.n != want.n) return "counts of histograms";
  if (want.n == 0) return "";
  if (!got.first.h.Equals(want.first.h) || !got.last.h.Equals(want.last.h)) return "histograms";
  if (got.raw_only != want.raw_only) return "whether only samples tell";
  const auto g = got.Increase();
  const auto w = want.Increase();
  if (g.ok() != w.ok()) return "whether histograms increase";
  return !w.ok() || g->Equals(*w) ? "" : "increases of histograms";
}

// "" or what differs, of what functions can tell.
inline std::string Difference(const Agg& got, const Agg& want) {
  if (got.stale_t != want.stale_t) return "stale markers";
  if (got.resets != want.resets || got.changes != want.changes) return "resets or changes";
  const std::string floats = Difference(got.floats, want.floats);
  return floats.empty() ? Difference(got.histograms, want.histograms) : floats;
}

inline bool IsExact(const TierCoverage& coverage, Tier tier, int64_t end) {
  return std::any_of(coverage.exact.begin(), coverage.exact.end(), [&](const TierSpan& span) {
    return span.from <= end - TierWindowMs(tier) && end <= span.to;
  });
}

using WindowAggs = std::map<int64_t, Agg>;  // by their ends

// Of one series: "" or what is wrong in the windows that are called exact and whose
// samples are there.
inline StatusOr<std::string> TierDifference(const SeriesSet& set, size_t i, Tier tier, int64_t from,
                                            int64_t to) {
  ASSIGN_OR_RETURN(const TierCoverage coverage, set.tiers()->Coverage(i, tier, from, to));
  WindowAggs made;
  const auto stored = set.tiers()->Aggs(i, tier, from, to);
  while (stored->Next()) made[stored->end()] = stored->agg();
  RETURN_IF_ERROR(stored->status());
  WindowAggs want;
  const auto samples = set.Samples(i);
  while (samples->Next()) {
    for (size_t k = 0; k < samples->run().size(); ++k) {
      want[TierWindowEnd(tier, samples->run().t[k])].Add(samples->run().Part(k, 1));
    }
  }
  RETURN_IF_ERROR(samples->status());
  for (const auto& [end, agg] : made) want.try_emplace(end);
  for (const auto& [end, agg] : want) {
    const int64_t begin = end - TierWindowMs(tier);
    if (!IsExact(coverage, tier, end) || begin < coverage.raw_gone_until) continue;
    const auto found = made.find(end);
    const std::string wrong = Difference(found == made.end() ? Agg() : found->second, agg);
    if (!wrong.empty()) return "the window that ends at " + std::to_string(end) + ": " + wrong;
  }
  return std::string();
}

// Of all series of a tenant.
inline StatusOr<std::string> TiersDifference(const Storage& storage, std::string_view tenant,
                                             int64_t from, int64_t to) {
  ASSIGN_OR_RETURN(const auto querier, storage.NewQuerier(tenant, from, to));
  ASSIGN_OR_RETURN(const Matcher any, Matcher::Make(Matcher::Op::kRegex, kMetricName, ".+"));
  ASSIGN_OR_RETURN(const auto set, querier->Select({&any, 1}, {}));
  for (size_t i = 0; i < set->size(); ++i) {
    for (const Tier tier : {Tier::kHour, Tier::kDay}) {
      ASSIGN_OR_RETURN(const std::string wrong, TierDifference(*set, i, tier, from, to));
      if (!wrong.empty()) return set->labels(i).ToString() + ": " + wrong;
    }
  }
  return std::string();
}

}  // namespace tidemark::tsdb
