#include "tsdb/block/retention.h"

#include <algorithm>
#include <utility>

#include "tsdb/base/log.h"
#include "tsdb/store/fault.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kStepMs = 60'000;
constexpr int64_t kEverything = std::numeric_limits<int64_t>::min();

}  // namespace

RawRetention::RawRetention(Store& store, PartitionSet& partitions, const RetentionOptions& options,
                           Tenants tenants, Prepare prepare, const Clock& clock)
    : store_(store),
      partitions_(partitions),
      tenants_(std::move(tenants)),
      prepare_(std::move(prepare)),
      clock_(clock) {
  default_.keep_ms_ = options.raw_ms;
  default_.key_ = RetentionKey();
  default_.gone_key_ = GoneKey("");
  for (const auto& [tenant, keep_ms] : options.raw_ms_by_tenant) {
    RetentionMark& mark = by_tenant_[tenant];
    mark.keep_ms_ = keep_ms;
    mark.key_ = TenantRetentionKey(tenant);
    mark.gone_key_ = GoneKey(tenant);
  }
}

const RetentionMark& RawRetention::Of(std::string_view tenant) const {
  if (by_tenant_.empty()) return default_;
  const auto found = by_tenant_.find(tenant);
  return found == by_tenant_.end() ? default_ : found->second;
}

// ---------------------------------------------------------------- marks

Status RawRetention::Load() {
  for (RetentionMark* mark : AllMarks()) RETURN_IF_ERROR(LoadMark(*mark));
  return OkStatus();
}

std::vector<RetentionMark*> RawRetention::AllMarks() {
  std::vector<RetentionMark*> out = {&default_};
  for (auto& [tenant, mark] : by_tenant_) out.push_back(&mark);
  return out;
}

Status RawRetention::LoadMark(RetentionMark& mark) {
  // What is gone stays so, whatever is kept from now on.
  RETURN_IF_ERROR(LoadTime(mark.gone_key_, mark.gone_until_));
  return mark.keep_ms_ == 0 ? OkStatus() : LoadTime(mark.key_, mark.oldest_);
}

Status RawRetention::LoadTime(const std::string& key, std::atomic<int64_t>& time) const {
  ASSIGN_OR_RETURN(const auto stored, store_.Get(Family::kMeta, key));
  if (!stored) return OkStatus();
  std::string_view in = *stored;
  int64_t t;
  if (!ReadTime(in, t)) return DataLoss("the retention mark is damaged");
  time.store(t, std::memory_order_release);
  return OkStatus();
}

Status RawRetention::MoveMark(RetentionMark& mark, bool& moved) {
  if (mark.keep_ms_ == 0) return OkStatus();
  const int64_t now = clock_.NowMs();
  const int64_t oldest = now < kEverything + mark.keep_ms_ ? kEverything : now - mark.keep_ms_;
  if (mark.oldest() != kEverything && oldest < mark.oldest() + kStepMs) return OkStatus();
  std::string value;
  AppendTime(value, oldest);
  const auto batch = store_.NewBatch();
  batch->Put(Family::kMeta, mark.key_, value);
  RETURN_IF_ERROR(store_.Write(*batch, WriteMode::kNoSync));
  mark.oldest_.store(oldest, std::memory_order_release);
  moved = true;
  return OkStatus();
}

// Of all tenants, those that may yet come included.
int64_t RawRetention::OldestMark() const {
  int64_t oldest = default_.oldest();
  for (const auto& [tenant, mark] : by_tenant_) oldest = std::min(oldest, mark.oldest());
  return oldest;
}

// ---------------------------------------------------------------- dropping

Status RawRetention::MoveMarks() {
  MutexLock lock(mutex_);
  return MoveMarksLocked();
}

Status RawRetention::MoveMarksLocked() {
  bool moved = false;
  for (RetentionMark* mark : AllMarks()) RETURN_IF_ERROR(MoveMark(*mark, moved));
  tenants_due_ |= moved;
  return moved ? FaultPoint("retention.marked") : OkStatus();
}

Status RawRetention::Release(Partition partition) {
  const int64_t end = PartitionEnd(partition);
  std::vector<RetentionMark*> going;
  for (RetentionMark* mark : AllMarks()) {
    if (end < mark->oldest() && mark->gone_until() < end) going.push_back(mark);
  }
  if (going.empty()) return OkStatus();
  RETURN_IF_ERROR(prepare_(partition));
  const auto batch = store_.NewBatch();
  std::string value;
  AppendTime(value, end);
  for (const RetentionMark* mark : going) batch->Put(Family::kMeta, mark->gone_key_, value);
  // Synced, and with it the aggregates.
  RETURN_IF_ERROR(store_.Write(*batch, WriteMode::kSync));
  for (RetentionMark* mark : going) mark->gone_until_.store(end, std::memory_order_release);
  return FaultPoint("retention.released");
}

Status RawRetention::Advance() {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(MoveMarksLocked());
  RETURN_IF_ERROR(DropPartitions());
  if (!tenants_due_) return OkStatus();
  const Status dropped = DropTenants();
  tenants_due_ = !dropped.ok();
  return dropped.code() == StatusCode::kFailedPrecondition ? OkStatus() : dropped;
}

Status RawRetention::DropPartitions() {
  const int64_t oldest = OldestMark();
  const auto days = partitions_.Get();  // which Remove replaces
  Status failed;
  for (const Partition partition : *days) {
    if (PartitionEnd(partition) >= oldest) break;
    const Status released = Release(partition);
    if (released.code() == StatusCode::kFailedPrecondition) break;  // next time
    failed.Update(released);
    if (!released.ok()) break;
    const Status dropped =
        store_.Drop(Family::kRaw, RawPartitionKey(partition), RawPartitionKey(partition + 1));
    // A day that cannot be dropped keeps no other.
    failed.Update(dropped);
    if (!dropped.ok()) continue;
    partitions_.Remove(partition);
    Log(LogLevel::kInfo, "dropped a day of samples past retention",
        {{"newest_ms", PartitionEnd(partition)}});
  }
  RETURN_IF_ERROR(failed);
  if (!tenants_due_ || oldest == kEverything) return OkStatus();
  return DropIfAny(Family::kMeta, ExemplarPartitionKey(std::numeric_limits<Partition>::min()),
                   ExemplarPartitionKey(PartitionOf(oldest)));
}

// Tenants without a retention of their own lie between those that have one.
Status RawRetention::DropTenants() {
  if (by_tenant_.empty()) return OkStatus();
  // A tenant that is created from now on has a higher id than these.
  const std::map<TenantId, std::string> tenants = tenants_();
  for (const Partition partition : *partitions_.Get()) {
    for (auto tenant = tenants.begin(); tenant != tenants.end();) {
      const TenantId begin = tenant->first;
      TenantId end = begin;
      for (; tenant != tenants.end() && PartitionEnd(partition) < mark(tenant->second); ++tenant) {
        end = tenant->first + 1;
      }
      if (end != begin) {
        RETURN_IF_ERROR(Release(partition));
        RETURN_IF_ERROR(DropTenants(partition, begin, end));
      } else {
        ++tenant;
      }
    }
  }
  return OkStatus();
}

Status RawRetention::DropTenants(Partition partition, TenantId begin, TenantId end) {
  RETURN_IF_ERROR(
      DropIfAny(Family::kRaw, RawTenantKey(partition, begin), RawTenantKey(partition, end)));
  return DropIfAny(Family::kMeta, ExemplarTenantKey(partition, begin),
                   ExemplarTenantKey(partition, end));
}

Status RawRetention::DropIfAny(Family family, std::string_view begin, std::string_view end) {
  {
    const std::unique_ptr<StoreIterator> it = store_.NewIterator(family);
    it->Seek(begin);
    RETURN_IF_ERROR(it->status());
    if (!it->Valid() || it->key() >= end) return OkStatus();
  }
  return store_.Drop(family, begin, end);
}

}  // namespace tidemark::tsdb
