// Loader: brings the head back at start: series from the catalog, metadata,
// and the samples of the journal.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tsdb/base/status.h"
#include "tsdb/head/head.h"
#include "tsdb/store/journal_record.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

struct LoadResult {
  uint64_t next_sequence = 1;  // for the Journal
  // Numbers without a record: commits that were under way when the process
  // died.  They are to get empty ones (Journal::FillGaps).
  std::vector<uint64_t> gaps;
  uint64_t journal_bytes = 0;
  uint64_t series = 0;
  uint64_t samples = 0;
};

// Threads: one, before anything else uses the head.
class Loader {
 public:
  Loader(const Store& store, Head& head) : store_(store), head_(head) {}

  //   kDataLoss  a record is damaged, or one is missing whose samples were
  //              acknowledged; the message says which
  StatusOr<LoadResult> Load();

 private:
  Status LoadTenants();
  Status LoadSealedBounds();
  Status LoadSeries();
  Status LoadMetadata();
  Status Replay();
  Status Apply(uint64_t sequence, const JournalRecord& record);
  StatusOr<HeadSeries*> FindSeries(uint64_t sequence, TenantId tenant, SeriesId series) const;

  const Store& store_;
  Head& head_;
  LoadResult result_;
  absl::flat_hash_map<std::pair<TenantId, SeriesId>, HeadSeries*> by_id_;
};

}  // namespace tidemark::tsdb
