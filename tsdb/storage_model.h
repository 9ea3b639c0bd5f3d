// StorageModel: what a Storage must answer, kept in plain maps.  For tests.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "tsdb/head/piece.h"
#include "tsdb/model/labels.h"
#include "tsdb/storage.h"

namespace tidemark::tsdb {

using Timeline = std::map<int64_t, SampleValue>;

// One tenant.
struct StorageModel {
  std::map<std::string, Timeline> series;  // by Labels::packed()
  ConflictPolicy policy = ConflictPolicy::kFirst;

  enum class Outcome { kNew, kDuplicate, kConflict, kReplaced };
  Outcome Add(const Labels& labels, int64_t t, const SampleValue& value) {
    const auto [at, added] = series[labels.packed()].try_emplace(t, value);
    if (added) return Outcome::kNew;
    if (SameValue(at->second, value)) return Outcome::kDuplicate;
    if (policy != ConflictPolicy::kLast) return Outcome::kConflict;
    at->second = value;
    return Outcome::kReplaced;
  }

  // Of all series that match; both inclusive.
  void Delete(const Matcher& matcher, int64_t mint, int64_t maxt) {
    for (auto& [packed, timeline] : series) {
      if (!matcher.Matches(Labels::FromPacked(packed)->Get(matcher.name()))) continue;
      timeline.erase(timeline.lower_bound(mint), timeline.upper_bound(maxt));
    }
  }

  // As retention does.
  void DropBefore(int64_t mark) {
    for (auto& [packed, timeline] : series) {
      timeline.erase(timeline.begin(), timeline.lower_bound(mark));
    }
  }
};

// Everything that `it` still has.
inline StatusOr<Timeline> Drain(SampleIterator& it) {
  Timeline out;
  while (it.Next()) {
    const SampleRun& run = it.run();
    for (size_t i = 0; i < run.size(); ++i) {
      const SampleValue value = run.is_float() ? SampleValue(run.v[i]) : SampleValue(run.h[i]);
      if (!out.empty() && out.rbegin()->first >= run.t[i]) {
        return Internal("samples out of order at " + std::to_string(run.t[i]));
      }
      out.emplace(run.t[i], value);
    }
  }
  RETURN_IF_ERROR(it.status());
  return out;
}

// All samples within [mint, maxt], by packed labels; series without any left out.
inline StatusOr<std::map<std::string, Timeline>> ReadAll(const Queryable& storage,
                                                         std::string_view tenant, int64_t mint,
                                                         int64_t maxt) {
  ASSIGN_OR_RETURN(const auto querier, storage.NewQuerier(tenant, mint, maxt));
  ASSIGN_OR_RETURN(const Matcher any, Matcher::Make(Matcher::Op::kRegex, kMetricName, ".+"));
  ASSIGN_OR_RETURN(const auto set, querier->Select({&any, 1}, {}));
  std::map<std::string, Timeline> out;
  for (size_t i = 0; i < set->size(); ++i) {
    const auto it = set->Samples(i);
    ASSIGN_OR_RETURN(Timeline timeline, Drain(*it));
    if (!timeline.empty()) out[set->labels(i).packed()] = std::move(timeline);
  }
  return out;
}

inline std::string Describe(const SampleValue& value) {
  if (const double* v = std::get_if<double>(&value)) return std::to_string(*v);
  return std::get<FloatHistogram>(value).ToString();
}

// "" when both are the same, else the first difference.
inline std::string Difference(const Timeline& got, const Timeline& want) {
  auto g = got.begin();
  for (const auto& [t, value] : want) {
    if (g == got.end()) return "no sample at " + std::to_string(t) + " and after";
    if (g->first != t) {
      return "sample at " + std::to_string(g->first) + ", want one at " + std::to_string(t);
    }
    if (!SameValue(g->second, value)) {
      return "at " + std::to_string(t) + ": " + Describe(g->second) + ", want " + Describe(value);
    }
    ++g;
  }
  return g == got.end() ? "" : "a sample too many at " + std::to_string(g->first);
}

inline std::string Difference(const std::map<std::string, Timeline>& got,
                              const std::map<std::string, Timeline>& want) {
  for (const auto& [packed, timeline] : want) {
    const auto found = got.find(packed);
    const Timeline none;
    const std::string difference = Difference(found == got.end() ? none : found->second, timeline);
    if (!difference.empty()) return Labels::FromPacked(packed)->ToString() + ": " + difference;
  }
  for (const auto& [packed, timeline] : got) {
    if (want.count(packed) == 0) {
      return "a series too many: " + Labels::FromPacked(packed)->ToString();
    }
  }
  return "";
}

}  // namespace tidemark::tsdb
