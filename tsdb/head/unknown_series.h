// What to do with the series of a commit that no shard knew by the bytes of
// their labels: most of them are new, others are written differently from how
// the head would write them.
#pragma once

#include "tsdb/head/staged.h"
#include "tsdb/storage.h"

namespace tidemark::tsdb {

// To be called after a walk, under no lock.  Decodes the labels of the series
// that it did not find, and moves what is staged for them to the shards of their
// true hashes; what cannot be decoded is dropped and told in the report.  False
// when nothing is left for another walk.
bool DecodeUnknownSeries(StagedCommit& staged, Counter& decoded, CommitReport& report);

}  // namespace tidemark::tsdb
