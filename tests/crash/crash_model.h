// WriterModel: what a storage must answer of one writer's operations, in plain
// maps; and the same as a storage answers it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "tests/crash/crash_load.h"
#include "tsdb/storage.h"
#include "tsdb/storage_model.h"

namespace tidemark::tsdb::crash {

struct WriterModel {
  struct Stored {
    SampleValue value;
    int64_t start = 0;
    bool operator==(const Stored& other) const {
      return SameValue(value, other.value) && start == other.start;
    }
  };
  using Samples = std::map<int64_t, Stored>;

  std::map<std::string, Samples> samples;  // by Labels::packed(), as all of this
  std::map<std::string, std::map<int64_t, std::string>> exemplars;
  std::map<std::string, Metadata> metadata;

  void Apply(int writer, const Operation& operation) {
    if (!operation.matchers.empty()) return Delete(operation);
    // Floats before histograms, as an Appender takes them.
    for (const size_t type : {size_t{0}, size_t{1}}) {
      for (const LoadSample& sample : operation.samples) {
        if (sample.value.index() == type) Add(writer, sample);
      }
    }
    for (const auto& [series, exemplar] : operation.exemplars) {
      exemplars[SeriesLabels(writer, series).packed()][exemplar.t] = exemplar.labels.ToString();
    }
    if (operation.metadata) metadata[operation.metadata->first] = operation.metadata->second;
  }

  // As retention does.
  void DropBefore(int64_t mark) {
    for (auto& [packed, of_series] : samples) {
      of_series.erase(of_series.begin(), of_series.lower_bound(mark));
    }
    for (auto& [packed, of_series] : exemplars) {
      of_series.erase(of_series.begin(), of_series.lower_bound(mark));
    }
  }

  size_t size() const {
    size_t n = 0;
    for (const auto& [packed, of_series] : samples) n += of_series.size();
    return n;
  }
  int64_t oldest() const {
    int64_t out = std::numeric_limits<int64_t>::max();
    for (const auto& [packed, of_series] : samples) {
      if (!of_series.empty()) out = std::min(out, of_series.begin()->first);
    }
    return out;
  }

 private:
  void Add(int writer, const LoadSample& sample) {
    Samples& of_series = samples[SeriesLabels(writer, sample.series).packed()];
    const Stored stored{sample.value, sample.start};
    const auto [at, added] = of_series.try_emplace(sample.t, stored);
    if (added || SameValue(at->second.value, sample.value)) return;
    if (TenantOf(writer) == "last") at->second = stored;
  }
  void Delete(const Operation& operation) {
    const auto matches = [&operation](const std::string& packed) {
      const Labels labels = *Labels::FromPacked(packed);
      return std::all_of(operation.matchers.begin(), operation.matchers.end(),
                         [&labels](const Matcher& matcher) {
                           return matcher.Matches(labels.Get(matcher.name()));
                         });
    };
    const auto erase = [&](auto& by_series) {
      for (auto& [packed, of_series] : by_series) {
        if (!matches(packed)) continue;
        of_series.erase(of_series.lower_bound(operation.mint),
                        of_series.upper_bound(operation.maxt));
      }
    };
    erase(samples);
    erase(exemplars);
  }
};

// "" when both have the same, else the first difference.
inline std::string Difference(const WriterModel& got, const WriterModel& want) {
  for (const WriterModel* side : {&got, &want}) {
    for (const auto& [packed, of_series] : side->samples) {
      const auto other = (side == &got ? want : got).samples.find(packed);
      const WriterModel::Samples none;
      const auto& there = other == (side == &got ? want : got).samples.end() ? none : other->second;
      for (const auto& [t, stored] : of_series) {
        const auto found = there.find(t);
        if (found != there.end() && found->second == stored) continue;
        return Labels::FromPacked(packed)->ToString() + (side == &got ? " has " : " lacks ") +
               Describe(stored.value) + " at " + std::to_string(t) +
               (found == there.end() ? "" : ", want another value or start");
      }
    }
  }
  const auto without_empty = [](auto by_series) {
    std::erase_if(by_series, [](const auto& one) { return one.second.empty(); });
    return by_series;
  };
  if (without_empty(got.exemplars) != without_empty(want.exemplars)) return "exemplars differ";
  return got.metadata == want.metadata ? "" : "metadata differ";
}

using AllWriters = std::array<WriterModel, kWriters>;

inline Status ReadSeries(const SeriesSet& set, size_t i, WriterModel::Samples& out) {
  const auto it = set.Samples(i);
  while (it->Next()) {
    const SampleRun& run = it->run();
    for (size_t k = 0; k < run.size(); ++k) {
      WriterModel::Stored stored;
      stored.value = run.is_float() ? SampleValue(run.v[k]) : SampleValue(run.h[k]);
      stored.start = run.start.empty() ? 0 : run.start[k];
      if (!out.empty() && out.rbegin()->first >= run.t[k]) {
        return Internal("twice, or out of order: " + std::to_string(run.t[k]));
      }
      out.emplace(run.t[k], stored);
    }
  }
  return it->status();
}

inline Status ReadWriter(const Storage& storage, int writer, WriterModel& out) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const std::string_view tenant = TenantOf(writer);
  const Matcher matcher = Matcher::Equal("writer", std::to_string(writer));
  ASSIGN_OR_RETURN(const auto querier, storage.NewQuerier(tenant, kMin, kMax));
  SelectHints hints;
  hints.start_times = true;
  ASSIGN_OR_RETURN(const auto set, querier->Select({&matcher, 1}, hints));
  for (size_t i = 0; i < set->size(); ++i) {
    RETURN_IF_ERROR(ReadSeries(*set, i, out.samples[set->labels(i).packed()]));
  }
  ASSIGN_OR_RETURN(const auto exemplars, storage.Exemplars(tenant, {&matcher, 1}, kMin, kMax));
  for (const SeriesExemplars& one : exemplars) {
    for (const Exemplar& exemplar : one.exemplars) {
      out.exemplars[one.labels.packed()][exemplar.t] = exemplar.labels.ToString();
    }
  }
  for (const auto& [metric, metadata] : storage.MetricMetadata(tenant)) {
    if (metric == MetricName(writer, 1)) out.metadata[metric] = metadata;
  }
  return OkStatus();
}

inline StatusOr<AllWriters> ReadWriters(const Storage& storage) {
  AllWriters out;
  for (int writer = 0; writer < kWriters; ++writer) {
    RETURN_IF_ERROR(ReadWriter(storage, writer, out[static_cast<size_t>(writer)]));
  }
  return out;
}

}  // namespace tidemark::tsdb::crash
