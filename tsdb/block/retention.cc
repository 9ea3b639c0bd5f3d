#include "tsdb/block/retention.h"

#include <string>

#include "tsdb/base/log.h"
#include "tsdb/store/fault.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kStepMs = 60'000;

}  // namespace

Status RawRetention::Load() {
  if (retention_ms_ == 0) return OkStatus();
  ASSIGN_OR_RETURN(const auto stored, store_.Get(Family::kMeta, RetentionKey()));
  if (!stored) return OkStatus();
  std::string_view in = *stored;
  int64_t mark;
  if (!ReadTime(in, mark)) return DataLoss("the retention mark is damaged");
  mark_.store(mark, std::memory_order_release);
  return OkStatus();
}

Status RawRetention::Advance() {
  if (retention_ms_ == 0) return OkStatus();
  MutexLock lock(mutex_);
  const int64_t now = clock_.NowMs();
  const int64_t oldest = now < std::numeric_limits<int64_t>::min() + retention_ms_
                             ? std::numeric_limits<int64_t>::min()
                             : now - retention_ms_;
  if (mark() == std::numeric_limits<int64_t>::min() || oldest >= mark() + kStepMs) {
    std::string value;
    AppendTime(value, oldest);
    const auto batch = store_.NewBatch();
    batch->Put(Family::kMeta, RetentionKey(), value);
    RETURN_IF_ERROR(store_.Write(*batch, WriteMode::kNoSync));
    mark_.store(oldest, std::memory_order_release);
    RETURN_IF_ERROR(FaultPoint("retention.marked"));
  }
  return DropBefore(mark());
}

Status RawRetention::DropBefore(int64_t mark) {
  const auto partitions = partitions_.Get();
  for (const Partition partition : *partitions) {
    if (PartitionEnd(partition) >= mark) break;
    RETURN_IF_ERROR(
        store_.Drop(Family::kRaw, RawPartitionKey(partition), RawPartitionKey(partition + 1)));
    partitions_.Remove(partition);
    Log(LogLevel::kInfo, "dropped a day of samples past retention",
        {{"newest_ms", PartitionEnd(partition)}});
  }
  return OkStatus();
}

}  // namespace tidemark::tsdb
