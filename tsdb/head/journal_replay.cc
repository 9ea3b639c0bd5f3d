#include "tsdb/head/journal_replay.h"

#include <fmt/format.h>

#include <string>

#include "tsdb/base/log.h"
#include "tsdb/base/parallel.h"
#include "tsdb/head/trim_mark.h"
#include "tsdb/store/journal_record.h"

namespace tidemark::tsdb {
namespace {

constexpr size_t kMaxThreads = 8;
// Of encoded records: what is in memory at once, decoded, is some times that.
constexpr size_t kBatchBytes = 4 << 20;
constexpr uint64_t kPercentPerLogLine = 10;

// More commits than could ever be under way at once.
constexpr uint64_t kMaxGap = 1'000'000;

// Tells from the numbers of the records, and from what each says was written
// before it, whether one is missing that somebody was told is there.
class GapCheck {
 public:
  explicit GapCheck(uint64_t first) : expected_(first) {}

  Status See(uint64_t sequence, uint64_t durable) {
    if (sequence - expected_ > kMaxGap) return Missing(expected_, sequence);
    for (; expected_ < sequence; ++expected_) gaps_.push_back(expected_);
    ++expected_;
    if (gaps_.empty() || durable <= gaps_.front()) return OkStatus();
    return Missing(gaps_.front(), sequence);
  }
  uint64_t expected() const { return expected_; }
  const std::vector<uint64_t>& gaps() const { return gaps_; }

 private:
  static Status Missing(uint64_t sequence, uint64_t witness) {
    return DataLoss(fmt::format(
        "journal record {} is missing, though record {} says that it was written: RocksDB's log "
        "has lost acknowledged samples",
        sequence, witness));
  }

  uint64_t expected_;
  std::vector<uint64_t> gaps_;
};

// The number of the last record, or 0.
StatusOr<uint64_t> LastSequence(const Store& store) {
  const std::unique_ptr<StoreIterator> it = store.NewIterator(Family::kJournal);
  it->SeekToLast();
  uint64_t last = 0;
  if (it->Valid() && !DecodeJournalKey(it->key(), last)) {
    return DataLoss("a key of the journal is damaged");
  }
  RETURN_IF_ERROR(it->status());
  return last;
}

}  // namespace

struct JournalReplay::Record {
  // What one thread is to add, with the series found.
  struct Part {
    std::vector<std::pair<HeadSeries*, const JournalRecord::Float*>> floats;
    std::vector<std::pair<HeadSeries*, const JournalRecord::Histogram*>> histograms;
    std::vector<HeadSeries*> deleted;
  };

  uint64_t sequence = 0;
  std::string bytes;
  Status status;
  JournalRecord decoded;
  std::vector<Part> parts;
};

JournalReplay::JournalReplay(const Store& store, Head& head, const SeriesById& series,
                             const Progress& progress)
    : store_(store),
      head_(head),
      series_(series),
      progress_(progress),
      threads_(UsefulThreads(kMaxThreads)) {}

JournalReplay::~JournalReplay() = default;

StatusOr<ReplayResult> JournalReplay::Run() {
  ASSIGN_OR_RETURN(const uint64_t first, ReadTrimMark(store_));
  result_.first_sequence = first;
  ASSIGN_OR_RETURN(const uint64_t last, LastSequence(store_));
  GapCheck gaps(first);
  const std::unique_ptr<StoreIterator> it = store_.NewIterator(Family::kJournal);
  it->Seek(JournalKey(first));
  while (it->Valid()) {
    RETURN_IF_ERROR(ReadBatch(*it));
    DecodeBatch();
    for (const Record& record : batch_) {
      RETURN_IF_ERROR(record.status);
      RETURN_IF_ERROR(gaps.See(record.sequence, record.decoded.durable));
    }
    ApplyBatch();
    RETURN_IF_ERROR(ReportProgress(first, last));
  }
  RETURN_IF_ERROR(it->status());
  result_.next_sequence = gaps.expected();
  result_.gaps = gaps.gaps();
  return std::move(result_);
}

Status JournalReplay::ReadBatch(StoreIterator& it) {
  batch_.clear();
  for (size_t bytes = 0; it.Valid() && bytes < kBatchBytes; it.Next()) {
    Record& record = batch_.emplace_back();
    if (!DecodeJournalKey(it.key(), record.sequence)) {
      return DataLoss("a key of the journal is damaged");
    }
    record.bytes = it.value();
    bytes += record.bytes.size();
    result_.bytes += it.key().size() + record.bytes.size();
  }
  return OkStatus();
}

void JournalReplay::DecodeBatch() {
  RunOnThreads(threads_, [this](size_t thread) {
    for (size_t i = thread; i < batch_.size(); i += threads_) {
      batch_[i].status = Decode(batch_[i]);
    }
  });
}

Status JournalReplay::Decode(Record& record) const {
  ASSIGN_OR_RETURN(record.decoded, DecodeJournalRecord(record.sequence, record.bytes));
  record.parts.resize(threads_);
  const TenantId tenant = record.decoded.tenant;
  for (const JournalRecord::Float& sample : record.decoded.floats) {
    ASSIGN_OR_RETURN(HeadSeries* const series, FindSeries(record.sequence, tenant, sample.series));
    record.parts[series->shard % threads_].floats.emplace_back(series, &sample);
  }
  for (const JournalRecord::Histogram& sample : record.decoded.histograms) {
    ASSIGN_OR_RETURN(HeadSeries* const series, FindSeries(record.sequence, tenant, sample.series));
    record.parts[series->shard % threads_].histograms.emplace_back(series, &sample);
  }
  for (const SeriesId id : record.decoded.deleted.series) {
    // One that the catalog does not have was new when it was deleted from, and
    // the commit that brought it was never written.
    const auto series = series_.find({tenant, id});
    if (series == series_.end()) continue;
    record.parts[series->second->shard % threads_].deleted.push_back(series->second);
  }
  return OkStatus();
}

StatusOr<HeadSeries*> JournalReplay::FindSeries(uint64_t sequence, TenantId tenant,
                                                SeriesId series) const {
  const auto found = series_.find({tenant, series});
  if (found != series_.end()) return found->second;
  return DataLoss(fmt::format("journal record {}: series {} of tenant {} is not in the catalog",
                              sequence, series, tenant));
}

void JournalReplay::ApplyPart(const Record& record, size_t thread) {
  const auto change = [this](HeadSeries* series, const auto& replay) {
    HeadShard& shard = head_.shard(series->shard);
    MutexLock lock(shard.mutex);
    const uint32_t bytes = series->sample_bytes();
    replay(*series);
    shard.NoteSamples(*series, bytes);
  };
  const Record::Part& part = record.parts[thread];
  const bool replace = record.decoded.last_wins;
  for (const auto& [series, sample] : part.floats) {
    const JournalRecord::Float& f = *sample;
    const int64_t start = record.decoded.StartOf(f);
    change(series, [&f, replace, start](HeadSeries& to) {
      if (replace) to.ReplaceFloat(f.t, f.v);
      const bool taken = replace || IsTaken(to.ReplayFloat(f.t, f.v));
      if (taken && start != 0) to.NoteStart(f.t, start);
    });
  }
  for (const auto& [series, sample] : part.histograms) {
    const JournalRecord::Histogram& h = *sample;
    const int64_t start = record.decoded.StartOf(h);
    change(series, [&h, replace, start](HeadSeries& to) {
      if (replace) to.ReplaceHistogram(h.t, h.h);
      const bool taken = replace || IsTaken(to.ReplayHistogram(h.t, h.h));
      if (taken && start != 0) to.NoteStart(h.t, start);
    });
  }
  for (HeadSeries* const series : part.deleted) {
    change(series, [&record](HeadSeries& from) { from.Delete(record.decoded.deleted.times); });
  }
}

void JournalReplay::ApplyBatch() {
  RunOnThreads(threads_, [this](size_t thread) {
    for (const Record& record : batch_) ApplyPart(record, thread);
  });
  for (const Record& record : batch_) {
    result_.samples += record.decoded.floats.size() + record.decoded.histograms.size();
  }
}

Status JournalReplay::ReportProgress(uint64_t first, uint64_t last) {
  const uint64_t done = batch_.back().sequence - first + 1;
  const uint64_t percent = 100 * done / (last - first + 1);
  if (percent >= logged_percent_ + kPercentPerLogLine) {
    logged_percent_ = percent;
    Log(LogLevel::kInfo, "replaying the journal",
        {{"percent", percent}, {"samples", result_.samples}});
  }
  return progress_.Step(
      fmt::format("replaying the journal: {}%, {} samples", percent, result_.samples));
}

}  // namespace tidemark::tsdb
