#include "tsdb/head/unknown_series.h"

#include <utility>

namespace tidemark::tsdb {
namespace {

// Whether the sample's series is still to be found: not so for one that waits
// for a read of raw.
template <typename T>
bool IsUnknown(const StagedCommit& staged, const T& sample) {
  return staged.series[sample.series].series == nullptr;
}

// Takes the samples of unknown series out of `from`.
template <typename T>
void TakeUnknown(const StagedCommit& staged, std::vector<T>& from, std::vector<T>& out) {
  size_t kept = 0;
  for (T& sample : from) {
    if (IsUnknown(staged, sample)) {
      out.push_back(std::move(sample));
    } else {
      if (&from[kept] != &sample) from[kept] = std::move(sample);
      ++kept;
    }
  }
  from.resize(kept);
}

// Decodes the series' labels; puts it into its shard's list, or the report.
bool Decode(StagedCommit& staged, const LabelHash& salt, uint32_t ref, CommitReport& report) {
  StagedSeries& one = staged.series[ref];
  const StatusOr<Labels> labels = staged.decode(one.encoded);
  if (!labels.ok()) {
    report.refused.push_back({ref, labels.status()});
    return false;
  }
  one.hash = HashLabels(labels->packed(), salt);
  staged.SetLabels(one, labels->packed());
  staged.shards[ShardOf(one.hash)].series.push_back(ref);
  return true;
}

// Those without labels were refused.
template <typename T>
void PutBack(StagedCommit& staged, std::vector<T>& samples, std::vector<T> StagedShard::*list) {
  for (T& sample : samples) {
    const StagedSeries& one = staged.series[sample.series];
    if (one.encoded.empty()) (staged.shards[ShardOf(one.hash)].*list).push_back(std::move(sample));
  }
}

}  // namespace

bool DecodeUnknownSeries(StagedCommit& staged, Counter& decoded, CommitReport& report) {
  std::vector<uint32_t> unknown;
  std::vector<StagedFloat> floats;
  std::vector<StagedHistogram> histograms;
  for (StagedShard& shard : staged.shards) {
    if (shard.series.empty()) continue;
    unknown.insert(unknown.end(), shard.series.begin(), shard.series.end());
    shard.series.clear();
    TakeUnknown(staged, shard.floats, floats);
    TakeUnknown(staged, shard.histograms, histograms);
  }
  if (unknown.empty()) return false;
  const LabelHash salt = TenantSalt(staged.tenant);
  bool any = false;
  for (const uint32_t ref : unknown) {
    const StagedSeries& one = staged.series[ref];
    if (one.encoded.empty()) {
      // It was looked up in the catalog, and is to be created.
      staged.shards[ShardOf(one.hash)].series.push_back(ref);
      any = true;
      continue;
    }
    decoded.Add();
    any |= Decode(staged, salt, ref, report);
  }
  PutBack(staged, floats, &StagedShard::floats);
  PutBack(staged, histograms, &StagedShard::histograms);
  return any;
}

}  // namespace tidemark::tsdb
