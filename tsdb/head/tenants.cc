#include "tsdb/head/tenants.h"

#include <algorithm>
#include <utility>

namespace tidemark::tsdb {

SeriesId HeadTenant::NewSeriesId(std::string_view metric) {
  MutexLock lock(mutex_);
  auto found = metrics_.find(metric);
  if (found == metrics_.end()) {
    found = metrics_.try_emplace(std::string(metric), Metric{next_ordinal_++, 0}).first;
  }
  return (SeriesId{found->second.ordinal} << 32) | found->second.next++;
}

void HeadTenant::KeepSeriesId(std::string_view metric, SeriesId series) {
  const auto ordinal = static_cast<uint32_t>(series >> 32);
  const auto counter = static_cast<uint32_t>(series);
  MutexLock lock(mutex_);
  next_ordinal_ = std::max(next_ordinal_, ordinal + 1);
  auto found = metrics_.find(metric);
  if (found == metrics_.end()) {
    found = metrics_.try_emplace(std::string(metric), Metric{ordinal, 0}).first;
  }
  found->second.next = std::max(found->second.next, counter + 1);
}

bool HeadTenant::IsNewMetadata(std::string_view metric, const Metadata& metadata) const {
  MutexLock lock(mutex_);
  const auto found = metadata_.find(metric);
  return found == metadata_.end() || found->second != metadata;
}

void HeadTenant::SetMetadata(std::string_view metric, const Metadata& metadata) {
  MutexLock lock(mutex_);
  metadata_.insert_or_assign(std::string(metric), metadata);
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
