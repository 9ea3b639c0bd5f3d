// Loader: brings the head back at start: the samples of the journal, their
// series from the catalog, metadata.  Other series stay in the catalog until
// samples come for them.
#pragma once

#include <cstdint>

#include "tsdb/base/progress.h"
#include "tsdb/base/status.h"
#include "tsdb/head/head.h"
#include "tsdb/head/journal_replay.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

struct LoadResult {
  ReplayResult journal;
  uint64_t series = 0;
};

// Threads: one, before anything else uses the head.
class Loader {
 public:
  Loader(const Store& store, Head& head, const Progress& progress = {})
      : store_(store), head_(head), progress_(progress) {}

  //   kDataLoss   a record is damaged, or one is missing whose samples were
  //               acknowledged; the message says which
  //   kCancelled  as the progress says
  StatusOr<LoadResult> Load();

 private:
  Status LoadTenants();
  Status LoadSealedBounds();
  Status LoadMetrics();
  Status LoadForgottenMetrics(HeadTenant& tenant);
  // Those that the journal names.
  Status LoadSeries();
  Status LoadOne(StoreIterator& it, HeadTenant& tenant, SeriesId id);
  static StatusOr<Labels> ReadLabels(SeriesId id, std::string_view packed);
  Status LoadMetadata();

  const Store& store_;
  Head& head_;
  const Progress progress_;
  LoadResult result_;
  SeriesById by_id_;
};

}  // namespace tidemark::tsdb
