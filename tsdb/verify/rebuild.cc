#include "tsdb/verify/rebuild.h"

#include <fmt/format.h>

#include <algorithm>

#include "tsdb/base/coding.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/run_union.h"
#include "tsdb/store/meta_records.h"
#include "tsdb/store/series_keys.h"
#include "tsdb/store/tier_keys.h"
#include "tsdb/tier/day_aggs.h"
#include "tsdb/verify/checks.h"
#include "tsdb/verify/describe.h"

namespace tidemark::tsdb {
namespace {

constexpr size_t kBatchBytes = 1 << 20;
// A longer row of missing records is a number that was damaged, not a row.
constexpr uint64_t kMaxGap = 1'000'000;
constexpr size_t kMarkBytes = 8;

// What Tidemark makes anew when it opens a database without it.
bool IsDerived(std::string_view key) {
  TenantId tenant;
  PresenceKeyParts presence;
  return key == HashSecretKey() || DecodeSeriesHashKey(key, tenant) ||
         key == PresenceCompleteKey() || DecodePresenceKey(key, presence) ||
         key == DirtyCompleteKey();
}

bool IsMark(std::string_view key) {
  TenantId tenant;
  return key == TrimKey() || key.starts_with(RetentionKey()) || key.starts_with(GoneKey("")) ||
         IsTierRetentionKey(key) || DecodeSealedKey(key, tenant);
}

}  // namespace

Rebuilder::Rebuilder(Store& store) : store_(store), batch_(store.NewBatch()) {}

void Rebuilder::Staged(bool all) {
  if (!all && batch_->size_bytes() < kBatchBytes) return;
  if (status_.ok()) status_ = store_.Write(*batch_, mode_);
  batch_->Clear();
}

// ---------------------------------------------------------------- catalog

void Rebuilder::TakeCatalog(std::string_view key, std::string_view value) {
  TenantId tenant;
  SeriesId series;
  uint32_t ordinal;
  if (IsDerived(key)) return;
  if (DecodeTenantKey(key, tenant)) {
    if (value.empty()) return;
    tenants_.emplace(tenant, value);
  } else if (DecodeMetricKey(key, tenant, ordinal)) {
    if (value.size() < sizeof(uint32_t)) return Lose("catalog: " + DescribeBytes(key));
  } else if (!DecodeSeriesKey(key, tenant, series)) {
    return Lose("catalog: " + DescribeBytes(key));
  } else if (const auto labels = Labels::FromPacked(value); !labels.ok()) {
    ++lost_series_;
    return Lose(fmt::format("the labels of {}: {}", DescribeSeries(tenant, series),
                            MessageOf(labels.status())));
  } else {
    series_.insert({tenant, series});
  }
  batch_->Put(Family::kCatalog, key, value);
  Staged();
}

// A tenant whose name is lost gets another one: its samples are worth more.
Status Rebuilder::FinishCatalog() {
  std::set<TenantId> nameless;
  for (const auto& [tenant, series] : series_) {
    if (tenants_.count(tenant) == 0) nameless.insert(tenant);
  }
  for (const TenantId tenant : nameless) {
    const std::string name = fmt::format("recovered-{}", tenant);
    Lose(fmt::format("the name of tenant {}: it is called {} now", tenant, name));
    tenants_.emplace(tenant, name);
    batch_->Put(Family::kCatalog, TenantKey(tenant), name);
  }
  Staged(true);
  return status_;
}

// ---------------------------------------------------------------- meta

// Marks only grow, and their bytes sort as they do.
void Rebuilder::KeepNewest(std::string_view key, std::string_view value) {
  if (value.size() != kMarkBytes) return Lose("a mark: " + DescribeBytes(key));
  std::string& kept = marks_[std::string(key)];
  kept = std::max(kept, std::string(value));
}

void Rebuilder::TakeMeta(std::string_view key, std::string_view value) {
  if (IsDerived(key)) return;
  if (IsMark(key)) return KeepNewest(key, value);
  ExemplarPlace place;
  std::string_view metric;
  if (DecodeExemplarKey(key, place)) {
    if (series_.count({place.tenant, place.series}) == 0 || !DecodeExemplar(place.t, value).ok()) {
      return Lose(fmt::format("an exemplar of {} at {}", DescribeSeries(place.tenant, place.series),
                              DescribeTime(place.t)));
    }
  } else if (TenantId keeper; DecodeStateKey(key, keeper, metric)) {
    if (tenants_.count(keeper) == 0) return Lose("meta: " + DescribeBytes(key));
  } else if (TenantId tenant; !DecodeMetadataKey(key, tenant, metric) ||
                              tenants_.count(tenant) == 0 || !DecodeMetadata(value).ok()) {
    return Lose("meta: " + DescribeBytes(key));
  }
  batch_->Put(Family::kMeta, key, value);
  Staged();
}

Status Rebuilder::FinishMeta() {
  for (const auto& [key, value] : marks_) {
    TenantId tenant;
    if (DecodeSealedKey(key, tenant) && tenants_.count(tenant) == 0) continue;
    batch_->Put(Family::kMeta, key, value);
  }
  if (const auto trim = marks_.find(TrimKey()); trim != marks_.end()) {
    first_sequence_ = LoadBigEndian<uint64_t>(trim->second.data());
  }
  next_sequence_ = durable_ = first_sequence_;
  Staged(true);
  return status_;
}

// ---------------------------------------------------------------- journal

std::string Rebuilder::WithoutUnknown(uint64_t sequence, const JournalRecord& record) {
  JournalWriter writer;
  if (record.last_wins) writer.SetLastWins();
  uint64_t lost = 0;
  for (const auto& sample : record.floats) {
    const bool known = series_.contains({record.tenant, sample.series});
    if (known) writer.AddFloat(sample.series, sample.t, sample.v, record.StartOf(sample));
    lost += known ? 0 : 1;
  }
  for (const auto& sample : record.histograms) {
    const bool known = series_.contains({record.tenant, sample.series});
    if (known) {
      writer.AddHistogram(sample.series, sample.t, sample.h, record.StartOf(sample));
    }
    lost += known ? 0 : 1;
  }
  if (lost == 0) return "";
  lost_samples_ += lost;
  Lose(fmt::format("{} samples of journal record {}, whose series are not known", lost, sequence));
  return writer.Finish(record.tenant, sequence, record.durable);
}

void Rebuilder::TakeJournal(std::string_view key, std::string_view value) {
  uint64_t sequence;
  if (!DecodeJournalKey(key, sequence)) return Lose("journal: " + DescribeBytes(key));
  if (sequence < first_sequence_ || sequences_.count(sequence) > 0) return;
  if (!sequences_.empty() && sequence > next_sequence_ + kMaxGap) {
    return Lose(fmt::format("journal record {}, far behind all others", sequence));
  }
  const auto record = DecodeJournalRecord(sequence, value);
  if (!record.ok()) {
    return Lose(fmt::format("journal record {}: {}", sequence, MessageOf(record.status())));
  }
  const std::string less = WithoutUnknown(sequence, *record);
  batch_->Put(Family::kJournal, key, less.empty() ? value : std::string_view(less));
  sequences_.insert(sequence);
  next_sequence_ = std::max(next_sequence_, sequence + 1);
  durable_ = std::max(durable_, record->durable);
  Staged();
}

// Every number gets a record, so that what is missing is not missed again.
Status Rebuilder::FinishJournal() {
  if (!sequences_.empty() && *sequences_.begin() > first_sequence_ + kMaxGap) {
    first_sequence_ = *sequences_.begin();
    std::string mark;
    AppendBigEndian<uint64_t>(mark, first_sequence_);
    batch_->Put(Family::kMeta, TrimKey(), mark);
    Lose("how far the journal was trimmed: what is left of it is kept");
  }
  uint64_t missing = 0;
  uint64_t one = 0;
  for (uint64_t sequence = first_sequence_; sequence < next_sequence_; ++sequence) {
    if (sequences_.count(sequence) > 0) continue;
    batch_->Put(Family::kJournal, JournalKey(sequence), JournalWriter().Finish(0, sequence, 0));
    if (sequence >= durable_) continue;
    ++missing;
    one = sequence;
  }
  if (missing > 0) {
    Lose(fmt::format("{} journal records, {} for one: their samples, unless they were sealed",
                     missing, one));
  }
  Staged(true);
  mode_ = WriteMode::kWithoutLog;
  return status_;
}

// ---------------------------------------------------------------- raw

std::string Rebuilder::Name(const RawKey& key) const {
  std::string name = DescribeBlock(key);
  const auto packed = store_.Get(Family::kCatalog, SeriesKey(key.tenant, key.series));
  if (!packed.ok() || !*packed) return name;
  const auto labels = Labels::FromPacked(**packed);
  return labels.ok() ? name + " " + labels->ToString() : name;
}

// The runs that hold what they say.
std::string Rebuilder::ReadableRuns(const RawKey& key, std::string_view list) {
  std::string out;
  while (!list.empty()) {
    const auto run = ReadRun(list);
    if (!run.ok()) {
      Lose(fmt::format("{}: the last {} bytes: {}", Name(key), list.size(),
                       MessageOf(run.status())));
      break;
    }
    VerifyCounts counts;
    const std::string wrong = CheckRunList(key, run->bytes, UINT64_MAX, counts);
    if (wrong.empty()) {
      newest_sealed_ = std::max(newest_sealed_, run->info.sequence);
      out += run->bytes;
      continue;
    }
    lost_samples_ += run->chunk.count;
    Lose(fmt::format("{}: {} samples: {}", Name(key), run->chunk.count, wrong));
  }
  return out;
}

// What tables have of one block, in the order in which it was written.
std::string Rebuilder::Unite(const std::string& stored, const std::string& salvaged) const {
  std::vector<EncodedRun> runs;
  for (std::string_view list : {std::string_view(stored), std::string_view(salvaged)}) {
    while (!list.empty()) {
      const auto run = ReadRun(list);
      if (!run.ok()) break;  // read before
      runs.push_back(*run);
    }
  }
  std::stable_sort(runs.begin(), runs.end(), [](const EncodedRun& a, const EncodedRun& b) {
    return a.info.sequence < b.info.sequence;
  });
  std::vector<std::string_view> lists;
  for (const EncodedRun& run : runs) lists.push_back(run.bytes);
  return UnionRuns(lists);
}

void Rebuilder::TakeRaw(std::string_view bytes, std::string_view list) {
  RawKey key;
  if (!DecodeRawKey(bytes, key)) return Lose("raw: " + DescribeBytes(bytes));
  if (!IsNarrowBlockEnd(key.block_end) || PartitionOf(key.block_end) != key.partition) {
    return Lose(fmt::format("{}, which lies in partition {}", DescribeBlock(key), key.partition));
  }
  key.block_end = BlockEnd(key.block_end);  // of an older format
  std::string runs = ReadableRuns(key, list);
  if (!series_.contains({key.tenant, key.series})) {
    VerifyCounts counts;
    CheckRunList(key, runs, UINT64_MAX, counts);
    lost_samples_ += counts.block_samples;
    return Lose(fmt::format("{}: {} samples of a series that is not known", DescribeBlock(key),
                            counts.block_samples));
  }
  if (runs.empty()) return;
  Staged(true);  // so that it is read
  const std::string place = EncodeRawKey(key);
  const auto stored = store_.Get(Family::kRaw, place);
  if (!stored.ok() && status_.ok()) status_ = stored.status();
  batch_->Put(Family::kRaw, place, stored.ok() && *stored ? Unite(**stored, runs) : runs);
}

// No commit to come may have the number of one that is sealed.
Status Rebuilder::FinishRaw() {
  Staged(true);
  mode_ = WriteMode::kNoSync;
  const uint64_t end = std::min(newest_sealed_ + 1, next_sequence_ + kMaxGap);
  for (uint64_t sequence = next_sequence_; sequence < end; ++sequence) {
    batch_->Put(Family::kJournal, JournalKey(sequence), JournalWriter().Finish(0, sequence, 0));
  }
  Staged(true);
  return status_;
}

// ---------------------------------------------------------------- tiers

void Rebuilder::TakeTiers(std::string_view bytes, std::string_view value) {
  TierKey key;
  if (bytes.starts_with(DirtyPrefix())) return;  // every day gets one when the database is opened
  if (!DecodeTierKey(bytes, key)) return Lose("tiers: " + DescribeBytes(bytes));
  const std::string what =
      fmt::format("aggregates of {} up to {}", DescribeSeries(key.tenant, key.series),
                  DescribeTime(key.block_end));
  const Status status = key.tier == kQualityTier
                            ? DecodeDayQuality(value).status()
                            : TierBlockReader().Open(static_cast<Tier>(key.tier), value);
  if (!status.ok()) return Lose(fmt::format("{}: {}", what, MessageOf(status)));
  if (!series_.contains({key.tenant, key.series})) {
    return Lose(what + ": the series is not known");
  }
  batch_->Put(Family::kTiers, bytes, value);
  Staged();
}

Status Rebuilder::FinishTiers() {
  Staged(true);
  return status_;
}

}  // namespace tidemark::tsdb
