#include "tsdb/block/raw_iterator.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace tidemark::tsdb {

RawIterator::RawIterator(std::shared_ptr<RawCursors> cursors,
                         std::shared_ptr<const std::vector<Partition>> partitions, TenantId tenant,
                         SeriesId series, int64_t mint, int64_t maxt, bool start_times)
    : cursors_(std::move(cursors)),
      partitions_(std::move(partitions)),
      tenant_(tenant),
      series_(series),
      mint_(mint),
      maxt_(maxt),
      start_times_(start_times) {}

RawIterator::~RawIterator() {
  if (cursor_.it != nullptr) cursors_->GiveBack(std::move(cursor_));
}

bool RawIterator::UseBlock(const RawKey& key) {
  if (BlockFirst(key.block_end) > maxt_) return false;
  block_end_ = key.block_end;
  block_ = std::make_unique<RunListIterator>(std::string(cursor_.it->value()), start_times_);
  return true;
}

bool RawIterator::OpenBlock(int64_t t) {
  block_.reset();
  const int64_t first_end = BlockEnd(t);
  const Partition last = PartitionOf(maxt_);
  auto partition = std::lower_bound(partitions_->begin(), partitions_->end(), PartitionOf(t));
  for (; partition != partitions_->end() && *partition <= last; ++partition) {
    if (cursor_.it == nullptr) cursor_ = cursors_->Take();
    cursor_.it->Seek(EncodeRawKey({*partition, tenant_, series_, first_end}));
    RawKey key;
    if (cursor_.it->Valid() && DecodeRawKey(cursor_.it->key(), key)) return UseBlock(key);
    status_ = cursor_.it->status();
    if (!status_.ok()) return false;
  }
  return false;
}

bool RawIterator::Advance() {
  status_ = block_->status();
  if (!status_.ok()) {
    status_ = DataLoss(
        fmt::format("series {}, block ending at {}: {}", series_, block_end_, MessageOf(status_)));
    return false;
  }
  if (block_end_ == std::numeric_limits<int64_t>::max()) return false;
  cursor_.it->Next();
  RawKey key;
  if (cursor_.it->Valid() && DecodeRawKey(cursor_.it->key(), key)) return UseBlock(key);
  status_ = cursor_.it->status();
  return status_.ok() && OpenBlock(block_end_ + 1);
}

bool RawIterator::Next() {
  if (done_) return false;
  if (block_ == nullptr) return Seek(mint_);
  if (block_->Next()) return true;
  // A block in raw may be empty of samples only when it could not be read.
  while (Advance()) {
    if (block_->Next()) return true;
  }
  done_ = true;
  return false;
}

bool RawIterator::Seek(int64_t t) {
  if (done_) return false;
  t = std::max(t, mint_);
  if (block_ == nullptr || t > block_end_) {
    if (t > maxt_ || !OpenBlock(t)) {
      done_ = true;
      return false;
    }
  }
  if (block_->Seek(t)) return true;
  while (Advance()) {
    if (block_->Next()) return true;
  }
  done_ = true;
  return false;
}

}  // namespace tidemark::tsdb
