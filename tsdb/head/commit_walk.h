// CommitWalk: one walk of a commit over the shards of the head.
#pragma once

#include <cstdint>

#include "tsdb/head/head.h"
#include "tsdb/head/journal.h"
#include "tsdb/head/sealed_lookup.h"
#include "tsdb/head/staged.h"
#include "tsdb/storage.h"
#include "tsdb/store/journal_record.h"

namespace tidemark::tsdb {

// Threads: one.
class CommitWalk {
 public:
  CommitWalk(Head& head, Journal& journal, HeadTenant& tenant, ConflictPolicy policy,
             StagedCommit& staged, const SealedLookup& sealed, CommitReport& report)
      : head_(head),
        journal_(journal),
        tenant_(tenant),
        policy_(policy),
        staged_(staged),
        sealed_(sealed),
        report_(report),
        record_(staged.record) {}

  // Takes a number, puts the staged samples into the head and into staged.record, and
  // counts them in the report.  What needs a read of raw that `sealed` does not have stays
  // staged, and so do series that are not known by the bytes of their labels, or
  // are to be looked up in the catalog, with their samples; all else does not.
  void Run();

  uint64_t sequence() const { return sequence_; }
  // Asks for what stayed staged of series that are known; false when nothing did.
  static bool AskForRest(const StagedCommit& staged, const Head& head, SealedLookup& sealed);

 private:
  void FindSeries(size_t k, HeadShard& shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);
  // Null when it is refused, which is then in the report.
  HeadSeries* Create(HeadShard& shard, uint32_t ref) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);
  void AddFloats(size_t k, HeadShard& shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);
  void AddHistograms(size_t k, HeadShard& shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);
  // Keeps the start of a sample that was taken; returns what belongs in the
  // record: of a duplicate, the one that is kept.
  static int64_t KeepStart(HeadSeries& series, Outcome outcome, int64_t t, int64_t start);
  // Counts the outcome; true when the sample belongs in the record.
  bool Count(Outcome outcome, uint32_t series, int64_t t);

  Head& head_;
  Journal& journal_;
  HeadTenant& tenant_;
  const ConflictPolicy policy_;
  StagedCommit& staged_;
  const SealedLookup& sealed_;
  CommitReport& report_;
  uint64_t sequence_ = 0;
  JournalWriter& record_;
};

}  // namespace tidemark::tsdb
