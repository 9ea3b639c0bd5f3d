// Committer: makes what was staged visible in the head and durable in the
// journal.
//
// One walk over the shards (tsdb/head/head.h) numbers the commit, finds and
// creates its series, tells each sample from duplicates and conflicts, puts it
// into the head, and collects the journal record.  Three things are put off: series
// that are not known by the bytes of their labels, which are decoded after the
// walk (tsdb/head/unknown_series.h); those that are not in memory then, which are
// looked up in the catalog; and late samples that may be in a sealed block, which
// is read; all of it under no lock.  Another walk, with a number and record of its
// own, takes what was put off.  Then all records, new series, exemplars and metadata
// go into one batch.
#pragma once

#include <memory>

#include "tsdb/base/metrics.h"
#include "tsdb/head/head.h"
#include "tsdb/head/journal.h"
#include "tsdb/head/staged.h"
#include "tsdb/index/series_catalog.h"
#include "tsdb/storage.h"

namespace tidemark::tsdb {

struct CommitCounters {
  explicit CommitCounters(Metrics& metrics);
  Counter* floats;
  Counter* histograms;
  Counter* late;
  Counter* duplicates;
  Counter* conflicts;
  Counter* replaced;
  Counter* commits;
  Counter* journal_bytes;
  Counter* decoded_series;
  Counter* revived;
  Counter* unreadable_blocks;
};

// Threads: all functions may be called from any thread.
class Committer {
 public:
  // All of it must outlive the Committer.
  Committer(Head& head, Journal& journal, Store& store, const SeriesCatalog& catalog,
            const ConflictPolicies& policies, Metrics& metrics)
      : head_(head),
        journal_(journal),
        store_(store),
        catalog_(catalog),
        policies_(policies),
        counters_(metrics) {}

  //   kUnavailable  applied but not durable: kept by the journal until it is
  StatusOr<CommitReport> Commit(StagedCommit& staged);

 private:
  Head& head_;
  Journal& journal_;
  Store& store_;
  const SeriesCatalog& catalog_;
  const ConflictPolicies& policies_;
  const CommitCounters counters_;
};

}  // namespace tidemark::tsdb
