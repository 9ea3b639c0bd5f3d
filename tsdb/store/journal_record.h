// JournalRecord: the samples of one commit, or one delete, as the journal holds
// them until they are sealed.  Layout: docs/formats.md, "Journal record".
//
//   JournalWriter writer;
//   writer.AddFloat(series, t, v);
//   batch.Put(Family::kJournal, JournalKey(seq), writer.Finish(tenant, seq, durable));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/model/histogram.h"
#include "tsdb/model/time_intervals.h"
#include "tsdb/store/journal_floats.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

// Threads: one.
class JournalWriter {
 public:
  void AddFloat(SeriesId series, int64_t t, double v) { floats_.Add(series, t, v); }
  void AddHistogram(SeriesId series, int64_t t, const FloatHistogram& h);
  // Some of the samples replace others.
  void SetLastWins() { last_wins_ = true; }
  bool empty() const { return floats_.empty() && histograms_.bytes.empty(); }

  // The record; `durable` says that all records below it have been written.
  // Starts anew afterwards.
  std::string Finish(TenantId tenant, uint64_t sequence, uint64_t durable);

 private:
  // Series and times are written as differences from the entry before.
  struct Section {
    void AddKey(SeriesId series, int64_t t);
    std::string bytes;
    SeriesId series = 0;
    int64_t t = 0;
  };
  JournalFloatWriter floats_;
  Section histograms_;
  bool last_wins_ = false;
};

// Samples that were deleted.
struct DeletedSamples {
  TimeInterval times;
  std::vector<SeriesId> series;  // ascending
};

// The record of a delete; `durable` as in JournalWriter::Finish.
std::string EncodeDelete(const DeletedSamples& deleted, TenantId tenant, uint64_t sequence,
                         uint64_t durable);

struct JournalRecord {
  using Float = JournalFloat;
  struct Histogram {
    SeriesId series;
    int64_t t;
    FloatHistogram h;
  };
  TenantId tenant = 0;
  // Every record below it was in the journal before this one; if one is missing
  // that was not trimmed, acknowledged samples are lost.
  uint64_t durable = 0;
  std::vector<Float> floats;
  std::vector<Histogram> histograms;
  // The samples replace what is at their times.
  bool last_wins = false;
  // Of a delete, which has no samples; otherwise without series.
  DeletedSamples deleted;
};

// kDataLoss  `bytes` are no record, or of a version that is not known
StatusOr<JournalRecord> DecodeJournalRecord(uint64_t sequence, std::string_view bytes);

}  // namespace tidemark::tsdb
