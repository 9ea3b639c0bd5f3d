#include "tsdb/head/commit_walk.h"

#include <utility>

#include "tsdb/base/check.h"

namespace tidemark::tsdb {
namespace {

// How far ahead of the loop memory is asked for: a lookup is two cache misses
// that need not wait for each other.
constexpr size_t kPrefetchAhead = 8;
// Of the ends of open chunks: a series is in the cache by then, its bytes are not.
constexpr size_t kPrefetchEnds = 6;

}  // namespace

void CommitWalk::Run() {
  head_.Walk([this](size_t k, HeadShard& shard) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (k == 0) sequence_ = journal_.Begin();
    FindSeries(k, shard);
    AddFloats(k, shard);
    AddHistograms(k, shard);
  });
}

void CommitWalk::FindSeries(size_t k, HeadShard& shard) {
  std::vector<uint32_t>& refs = staged_.shards[k].series;
  size_t unknown = 0;
  for (size_t i = 0; i < refs.size(); ++i) {
    if (i + kPrefetchAhead < refs.size()) {
      shard.table.prefetch(staged_.series[refs[i + kPrefetchAhead]].hash);
    }
    StagedSeries& staged = staged_.series[refs[i]];
    staged.series = shard.FindAndKeep(staged.hash);
    if (staged.series != nullptr) {
      staged.series->Prefetch();
    } else if (staged.encoded.empty() && (staged.looked_up || !tenant_.has_absent.load())) {
      staged.series = Create(shard, refs[i]);
    } else {
      refs[unknown++] = refs[i];
    }
  }
  refs.resize(unknown);
}

HeadSeries* CommitWalk::Create(HeadShard& shard, uint32_t ref) {
  const StagedSeries& staged = staged_.series[ref];
  auto labels = Labels::FromPacked(staged_.packed_labels(staged));
  CHECK(labels.ok(), "labels changed while they were staged");
  if (!staged.known_id) {
    Status admitted = head_.Admit(tenant_, *labels);
    if (!admitted.ok()) {
      report_.refused.push_back({ref, std::move(admitted)});
      return nullptr;
    }
    const SeriesId id = tenant_.NewSeriesId(labels->metric_name());
    return &head_.Create(shard, staged.hash, tenant_, *labels, id, kNothingSealed);
  }
  head_.NoteActive(tenant_, *labels);
  HeadSeries& series = head_.Create(shard, staged.hash, tenant_, *labels, *staged.known_id,
                                    tenant_.sealed_bound.load());
  series.SetCatalogued();
  return &series;
}

bool CommitWalk::Count(Outcome outcome, uint32_t series, int64_t t) {
  switch (outcome) {
    case Outcome::kNewLate:
      ++report_.late;
      [[fallthrough]];
    case Outcome::kNew:
      ++report_.written;
      return true;
    case Outcome::kUnsealed:
      ++report_.duplicates;
      return true;
    case Outcome::kSealed:
      ++report_.duplicates;
      return false;
    case Outcome::kReplaced:
      ++report_.replaced;
      record_.SetLastWins();
      return true;
    case Outcome::kConflict:
      report_.conflicts.push_back({series, t});
      return false;
    case Outcome::kNeedsRead:
      break;
  }
  return false;
}

int64_t CommitWalk::KeepStart(HeadSeries& series, Outcome outcome, int64_t t, int64_t start) {
  if (outcome == Outcome::kUnsealed) return series.StartOf(t);
  if (!IsTaken(outcome)) return 0;
  if (start != 0) series.NoteStart(t, start);
  return start;
}

void CommitWalk::AddFloats(size_t k, HeadShard& shard) {
  std::vector<StagedFloat>& floats = staged_.shards[k].floats;
  size_t kept = 0;
  for (size_t i = 0; i < floats.size(); ++i) {
    const StagedFloat sample = floats[i];
    if (i + kPrefetchEnds < floats.size()) {
      const HeadSeries* const soon = staged_.series[floats[i + kPrefetchEnds].series].series;
      if (soon != nullptr) soon->PrefetchFloats();
    }
    HeadSeries* const known = staged_.series[sample.series].series;
    if (known == nullptr) {
      floats[kept++] = sample;
      continue;
    }
    HeadSeries& series = *known;
    const uint32_t bytes = series.sample_bytes();
    Outcome outcome = series.AddFloat(sample.t, sample.v, sealed_.Find(series));
    if (outcome == Outcome::kConflict && policy_ == ConflictPolicy::kLast) {
      series.ReplaceFloat(sample.t, sample.v);
      outcome = Outcome::kReplaced;
    }
    if (outcome == Outcome::kNeedsRead) {
      floats[kept++] = sample;
      continue;
    }
    const int64_t start = KeepStart(series, outcome, sample.t, staged_.start_time(sample.start));
    shard.NoteSamples(series, bytes);
    if (Count(outcome, sample.series, sample.t)) {
      record_.AddFloat(series.id, sample.t, sample.v, start);
    }
  }
  floats.resize(kept);
}

void CommitWalk::AddHistograms(size_t k, HeadShard& shard) {
  std::vector<StagedHistogram>& histograms = staged_.shards[k].histograms;
  size_t kept = 0;
  for (StagedHistogram& sample : histograms) {
    HeadSeries* const known = staged_.series[sample.series].series;
    const uint32_t bytes = known == nullptr ? 0 : known->sample_bytes();
    Outcome outcome = known == nullptr
                          ? Outcome::kNeedsRead
                          : known->AddHistogram(sample.t, sample.h, sealed_.Find(*known));
    if (outcome == Outcome::kConflict && policy_ == ConflictPolicy::kLast) {
      known->ReplaceHistogram(sample.t, sample.h);
      outcome = Outcome::kReplaced;
    }
    if (outcome == Outcome::kNeedsRead) {
      if (&histograms[kept] != &sample) histograms[kept] = std::move(sample);
      ++kept;
      continue;
    }
    HeadSeries& series = *known;
    const int64_t start = KeepStart(series, outcome, sample.t, staged_.start_time(sample.start));
    shard.NoteSamples(series, bytes);
    if (Count(outcome, sample.series, sample.t)) {
      record_.AddHistogram(series.id, sample.t, sample.h, start);
    }
    staged_.Discard(sample.h);
  }
  histograms.resize(kept);
}

bool CommitWalk::AskForRest(const StagedCommit& staged, const Head& head, SealedLookup& sealed) {
  bool any = false;
  const auto ask = [&](uint32_t ref, int64_t t) {
    const HeadSeries* const series = staged.series[ref].series;
    if (series == nullptr) return;
    sealed.Ask(*series, t);
    any = true;
  };
  for (size_t k = 0; k < staged.shards.size(); ++k) {
    const StagedShard& rest = staged.shards[k];
    if (rest.floats.empty() && rest.histograms.empty()) continue;
    MutexLock lock(head.shard(k).mutex);
    for (const StagedFloat& sample : rest.floats) ask(sample.series, sample.t);
    for (const StagedHistogram& sample : rest.histograms) ask(sample.series, sample.t);
  }
  return any;
}

}  // namespace tidemark::tsdb
