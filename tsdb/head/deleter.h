// Deleter: takes samples out of the head, hides what is sealed, and makes that
// durable in the journal.
//
// A delete is numbered like a commit, and walks the shards like one
// (tsdb/head/head.h): every series sees it in its place among the commits, and a
// replay of the journal does too.  In each series that matches, what is open is
// removed, and a cut hides what is frozen or in raw (tsdb/head/head_series.h),
// until the next seal writes it into the blocks.
//
// Exemplars go with the same batch.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tsdb/base/metrics.h"
#include "tsdb/head/head.h"
#include "tsdb/head/journal.h"
#include "tsdb/model/matcher.h"
#include "tsdb/model/time_intervals.h"
#include "tsdb/storage.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// The series that match and may have samples in the interval, in memory or not.
using SeriesFinder = std::function<StatusOr<std::vector<IndexedSeries>>(
    const HeadTenant& tenant, std::span<const Matcher> matchers, const TimeInterval& times)>;

// Threads: all functions may be called from any thread.
class Deleter {
 public:
  // All of it must outlive the Deleter.
  Deleter(Head& head, Journal& journal, Store& store, SeriesFinder find, Metrics& metrics);

  // As Storage::Delete.
  StatusOr<DeleteReport> Delete(HeadTenant& tenant, std::span<const Matcher> matchers,
                                TimeInterval times);

 private:
  Head& head_;
  Journal& journal_;
  Store& store_;
  const SeriesFinder find_;
  Counter* series_;
};

}  // namespace tidemark::tsdb
