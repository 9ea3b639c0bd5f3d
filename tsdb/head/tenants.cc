#include "tsdb/head/tenants.h"

#include <algorithm>
#include <utility>

#include "tsdb/base/check.h"

namespace tidemark::tsdb {
namespace {

void RaiseTo(int64_t t, std::atomic<int64_t>& mark) {
  int64_t before = mark.load();
  while (before < t && !mark.compare_exchange_weak(before, t)) {
  }
}

}  // namespace

SeriesId HeadTenant::NewSeriesId(std::string_view metric) {
  MutexLock lock(mutex_);
  auto found = metrics_.find(metric);
  if (found == metrics_.end()) {
    found = metrics_.try_emplace(std::string(metric), Metric{next_ordinal_++, 0}).first;
  }
  return (SeriesId{found->second.ordinal} << 32) | found->second.next++;
}

void HeadTenant::LoadMetric(std::string_view metric, uint32_t ordinal, uint32_t next) {
  MutexLock lock(mutex_);
  next_ordinal_ = std::max(next_ordinal_, ordinal + 1);
  Metric& known = metrics_.try_emplace(std::string(metric), Metric{ordinal, 0}).first->second;
  known.next = std::max(known.next, next);
}

std::pair<std::string, uint32_t> HeadTenant::MetricOf(uint32_t ordinal) const {
  MutexLock lock(mutex_);
  for (const auto& [name, metric] : metrics_) {
    if (metric.ordinal == ordinal) return {name, metric.next};
  }
  CHECK(false, "the ordinal of a metric that the tenant does not have");
}

std::vector<uint32_t> HeadTenant::MetricsMatching(std::span<const Matcher> matchers) const {
  std::vector<uint32_t> out;
  MutexLock lock(mutex_);
  for (const auto& known : metrics_) {
    const bool all = std::all_of(matchers.begin(), matchers.end(), [&known](const Matcher& m) {
      return m.name() != kMetricName || m.Matches(known.first);
    });
    if (all) out.push_back(known.second.ordinal);
  }
  return out;
}

void HeadTenant::RaiseSealedBound(int64_t t) { RaiseTo(t, sealed_bound); }

void HeadTenant::NoteAbsent(int64_t newest) { RaiseTo(newest, absent_until); }

bool HeadTenant::IsNewMetadata(std::string_view metric, const Metadata& metadata) const {
  MutexLock lock(mutex_);
  const auto found = metadata_.find(metric);
  return found == metadata_.end() || found->second != metadata;
}

void HeadTenant::SetMetadata(std::string_view metric, const Metadata& metadata) {
  MutexLock lock(mutex_);
  metadata_.insert_or_assign(std::string(metric), metadata);
}

bool HeadTenant::HasMetadata(std::string_view metric) const {
  MutexLock lock(mutex_);
  return metadata_.find(metric) != metadata_.end();
}

void HeadTenant::RemoveMetadata(std::string_view metric) {
  MutexLock lock(mutex_);
  const auto found = metadata_.find(metric);
  if (found != metadata_.end()) metadata_.erase(found);
}

std::map<std::string, Metadata> HeadTenant::AllMetadata() const {
  MutexLock lock(mutex_);
  return {metadata_.begin(), metadata_.end()};
}

HeadTenant* TenantTable::Find(std::string_view name) const {
  ReaderLock lock(mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

HeadTenant* TenantTable::Find(TenantId id) const {
  ReaderLock lock(mutex_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second.get();
}

HeadTenant& TenantTable::FindOrCreate(std::string_view name) {
  if (HeadTenant* found = Find(name)) return *found;
  WriterLock lock(mutex_);
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) return *found->second;
  return AddLocked(by_id_.empty() ? 0 : by_id_.rbegin()->first + 1, name);
}

HeadTenant& TenantTable::Load(TenantId id, std::string_view name) {
  WriterLock lock(mutex_);
  HeadTenant& tenant = AddLocked(id, name);
  tenant.catalogued.store(true, std::memory_order_release);
  return tenant;
}

HeadTenant& TenantTable::AddLocked(TenantId id, std::string_view name) {
  auto tenant = std::make_unique<HeadTenant>(id, std::string(name));
  HeadTenant& out = *tenant;
  by_id_[id] = std::move(tenant);
  by_name_[std::string(name)] = &out;
  return out;
}

std::map<TenantId, std::string> TenantTable::Names() const {
  ReaderLock lock(mutex_);
  std::map<TenantId, std::string> out;
  for (const auto& [id, tenant] : by_id_) out.emplace_hint(out.end(), id, tenant->name);
  return out;
}

std::vector<HeadTenant*> TenantTable::All() const {
  ReaderLock lock(mutex_);
  std::vector<HeadTenant*> out;
  for (const auto& [id, tenant] : by_id_) out.push_back(tenant.get());
  return out;
}

}  // namespace tidemark::tsdb
