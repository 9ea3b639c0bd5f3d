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
#include "tsdb/chunk/start_column.h"
#include "tsdb/model/histogram.h"
#include "tsdb/model/time_intervals.h"
#include "tsdb/store/journal_floats.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

// Threads: one.
class JournalWriter {
 public:
  // `start`: when what the sample counts began; 0: not known.
  void AddFloat(SeriesId series, int64_t t, double v, int64_t start = 0) {
    floats_.Add(series, t, v);
    float_starts_.Add(t, start);
  }
  void AddHistogram(SeriesId series, int64_t t, const FloatHistogram& h, int64_t start = 0);
  // Some of the samples replace others.
  void SetLastWins() { last_wins_ = true; }
  bool empty() const { return floats_.empty() && histograms_.bytes.empty(); }

  // The record; `durable` says that all records below it have been written.
  // Starts anew afterwards, and keeps the memory.
  std::string Finish(TenantId tenant, uint64_t sequence, uint64_t durable);
  // The same into `out`, whatever is in it.
  void Finish(TenantId tenant, uint64_t sequence, uint64_t durable, std::string& out);
  // Forgets what was added.
  void Clear();
  // Bytes in memory.
  size_t SizeBytes() const { return histograms_.bytes.capacity() + floats_.SizeBytes(); }

 private:
  // Series and times are written as differences from the entry before.
  struct Section {
    void AddKey(SeriesId series, int64_t t);
    void Clear();
    std::string bytes;
    SeriesId series = 0;
    int64_t t = 0;
  };
  // Of all samples of one type.
  struct Starts {
    void Add(int64_t t, int64_t start) {
      if (start != 0) column.Add(samples, t, start);
      ++samples;
    }
    StartWriter column;
    uint32_t samples = 0;
  };
  JournalFloatWriter floats_;
  Section histograms_;
  Starts float_starts_;
  Starts histogram_starts_;
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
  // As long as those, or empty: when what each counts began; 0: not known.
  std::vector<int64_t> float_starts;
  std::vector<int64_t> histogram_starts;
  // `sample` is one of floats, or of histograms.
  int64_t StartOf(const Float& sample) const {
    return float_starts.empty() ? 0 : float_starts[static_cast<size_t>(&sample - floats.data())];
  }
  int64_t StartOf(const Histogram& sample) const {
    return histogram_starts.empty()
               ? 0
               : histogram_starts[static_cast<size_t>(&sample - histograms.data())];
  }
  // The samples replace what is at their times.
  bool last_wins = false;
  // Of a delete, which has no samples; otherwise without series.
  DeletedSamples deleted;
};

// kDataLoss  `bytes` are no record, or of a version that is not known
StatusOr<JournalRecord> DecodeJournalRecord(uint64_t sequence, std::string_view bytes);

}  // namespace tidemark::tsdb
