#include <fmt/format.h>

#include <algorithm>

#include "tsdb/base/coding.h"
#include "tsdb/store/journal_record.h"
#include "tsdb/verify/checks.h"
#include "tsdb/verify/describe.h"

namespace tidemark::tsdb {
namespace {

const std::string kWhere = "journal";

class JournalCheck {
 public:
  explicit JournalCheck(VerifyContext& context) : context_(context) {}

  void Run() {
    expected_ = trimmed_ = TrimMark();
    const auto it = context_.store.NewIterator(Family::kJournal);
    for (it->Seek(JournalKey(trimmed_)); it->Valid(); it->Next()) See(it->key(), it->value());
    if (!it->status().ok()) Error("scan", std::string(MessageOf(it->status())));
    context_.next_sequence = expected_;
    if (in_flight_ == 0) return;
    context_.findings.Note(
        kWhere, "gaps",
        fmt::format("{} commits had begun and were not acknowledged when the process died",
                    in_flight_));
  }

 private:
  void Error(std::string what, std::string problem) {
    context_.findings.Error(kWhere, std::move(what), std::move(problem));
  }

  uint64_t TrimMark() {
    const auto stored = context_.store.Get(Family::kMeta, TrimKey());
    if (!stored.ok()) Error("trim mark", std::string(MessageOf(stored.status())));
    if (!stored.ok() || !*stored) return 1;
    std::string_view in = **stored;
    uint64_t mark = 1;
    if (!ReadBigEndian(in, mark)) Error("trim mark", "is no number");
    return mark;
  }

  void See(std::string_view key, std::string_view value) {
    uint64_t sequence;
    if (!DecodeJournalKey(key, sequence)) {
      return Error(DescribeBytes(key), "is no key of the journal");
    }
    const auto record = DecodeJournalRecord(sequence, value);
    const std::string what = fmt::format("record {}", sequence);
    if (!record.ok()) {
      Error(what, std::string(MessageOf(record.status())));
      expected_ = sequence + 1;
      return;
    }
    ++context_.counts.journal_records;
    CheckGap(sequence, record->durable);
    CheckSeries(what, *record);
  }

  // Every number has a record; one that is missing is a loss where a later record
  // says that it was written.
  void CheckGap(uint64_t sequence, uint64_t durable) {
    if (gap_begin_ == gap_end_ && sequence > expected_) {
      gap_begin_ = expected_;
      gap_end_ = sequence;
    }
    if (sequence > expected_) in_flight_ += sequence - expected_;
    expected_ = sequence + 1;
    if (gap_begin_ == gap_end_ || durable <= gap_begin_) return;
    const uint64_t lost = std::min(durable, gap_end_) - gap_begin_;
    Error(fmt::format("records {} to {}", gap_begin_, gap_begin_ + lost - 1),
          fmt::format("are missing, though record {} says that they were written: their samples, "
                      "unless sealed, are lost",
                      sequence));
    in_flight_ -= std::min(in_flight_, lost);
    gap_begin_ = gap_end_ = 0;
  }

  void CheckSeries(const std::string& what, const JournalRecord& record) {
    context_.counts.journal_samples += record.floats.size() + record.histograms.size();
    absl::flat_hash_set<SeriesId> unknown;
    const auto look = [&](SeriesId series) {
      if (!context_.Knows(record.tenant, series)) unknown.insert(series);
    };
    for (const auto& sample : record.floats) look(sample.series);
    for (const auto& sample : record.histograms) look(sample.series);
    if (unknown.empty()) return;
    Error(what, fmt::format("names {} series of tenant {} that are not in the catalog, {} for one",
                            unknown.size(), record.tenant, *unknown.begin()));
  }

  VerifyContext& context_;
  uint64_t trimmed_ = 1;
  uint64_t expected_ = 1;
  uint64_t in_flight_ = 0;
  // The first numbers without a record that nobody vouched for yet.
  uint64_t gap_begin_ = 0;
  uint64_t gap_end_ = 0;
};

}  // namespace

void CheckJournal(VerifyContext& context) { JournalCheck(context).Run(); }

}  // namespace tidemark::tsdb
