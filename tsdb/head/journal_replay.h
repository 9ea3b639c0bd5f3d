// JournalReplay: puts the journal's samples back into the head, on as many
// threads as help.
//
// One thread reads records in order, a batch at a time.  The records of a batch
// are decoded and their series found side by side; then each thread adds the
// samples of the shards that are its own, record after record, so that every
// series sees its samples in the order in which they were acknowledged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tsdb/base/progress.h"
#include "tsdb/base/status.h"
#include "tsdb/head/head.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

using SeriesById = absl::flat_hash_map<std::pair<TenantId, SeriesId>, HeadSeries*>;

struct ReplayResult {
  uint64_t first_sequence = 1;  // the trim mark
  uint64_t next_sequence = 1;   // for the Journal
  // Numbers without a record: commits that were under way when the process
  // died.  They are to get empty ones (Journal::FillGaps).
  std::vector<uint64_t> gaps;
  uint64_t bytes = 0;
  uint64_t samples = 0;
};

// Threads: one, before anything else uses the head.
class JournalReplay {
 public:
  // `series`: all that the journal may name.
  JournalReplay(const Store& store, Head& head, const SeriesById& series, const Progress& progress);
  ~JournalReplay();

  // Once.
  //   kDataLoss   a record is damaged, or one is missing whose samples were
  //               acknowledged; the message says which
  //   kCancelled  as the progress says
  StatusOr<ReplayResult> Run();

 private:
  struct Record;

  Status ReadBatch(StoreIterator& it);
  void DecodeBatch();
  Status Decode(Record& record) const;
  StatusOr<HeadSeries*> FindSeries(uint64_t sequence, TenantId tenant, SeriesId series) const;
  void ApplyBatch();
  // What of the record is of this thread's shards.
  void ApplyPart(const Record& record, size_t thread);
  Status ReportProgress(uint64_t first, uint64_t last);

  const Store& store_;
  Head& head_;
  const SeriesById& series_;
  const Progress& progress_;
  const size_t threads_;
  std::vector<Record> batch_;
  uint64_t logged_percent_ = 0;
  ReplayResult result_;
};

}  // namespace tidemark::tsdb
