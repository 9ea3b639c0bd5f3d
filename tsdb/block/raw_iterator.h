// RawIterator: the sealed samples of one series, block after block.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tsdb/block/raw_cursors.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/model/sample_iterator.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

// Blocks are read when they are reached; a Seek reads none of those it passes.
// Runs may reach beyond [mint, maxt], blocks that hold none of it are not read.
//
// Threads: one.  The store of the cursors must outlive it.
class RawIterator : public SampleIterator {
 public:
  // `partitions` as of after the head was asked (tsdb/head/sealer.h), and so must
  // be all that a cursor is taken for: the constructor takes none.
  RawIterator(std::shared_ptr<RawCursors> cursors,
              std::shared_ptr<const std::vector<Partition>> partitions, TenantId tenant,
              SeriesId series, int64_t mint, int64_t maxt, bool start_times = false);
  ~RawIterator() override;
  RawIterator(const RawIterator&) = delete;
  RawIterator& operator=(const RawIterator&) = delete;

  bool Next() override;
  bool Seek(int64_t t) override;
  const SampleRun& run() const override { return block_->run(); }
  Status status() const override { return status_; }

 private:
  // Opens the first block at or after that of `t`; false when there is none.
  bool OpenBlock(int64_t t);
  bool UseBlock(const RawKey& key);
  // Moves on from a block that is used up.
  bool Advance();

  const std::shared_ptr<RawCursors> cursors_;
  const std::shared_ptr<const std::vector<Partition>> partitions_;
  const TenantId tenant_;
  const SeriesId series_;
  const int64_t mint_;
  const int64_t maxt_;
  const bool start_times_;

  RawCursors::Cursor cursor_;
  std::unique_ptr<RunListIterator> block_;
  int64_t block_end_ = 0;  // of block_
  bool done_ = false;
  Status status_;
};

}  // namespace tidemark::tsdb
