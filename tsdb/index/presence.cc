#include "tsdb/index/presence.h"

#include <algorithm>
#include <limits>
#include <string>

#include "tsdb/base/checksum.h"
#include "tsdb/base/varint.h"
#include "tsdb/store/series_keys.h"

namespace tidemark::tsdb {
namespace {

// Beside the bitmap itself.
constexpr size_t kBytesPerMetric = 64;
// Of presence that Open makes, before it is written.
constexpr size_t kNotedAtOnce = 1'000'000;

// Ascending counters as differences.
std::string EncodeCounters(std::vector<uint32_t>& counters) {
  std::sort(counters.begin(), counters.end());
  counters.erase(std::unique(counters.begin(), counters.end()), counters.end());
  std::string out;
  uint32_t before = 0;
  for (const uint32_t counter : counters) {
    AppendVarint(out, counter - before);
    before = counter;
  }
  return out;
}

size_t BytesOf(const SeriesByMetric& ids) {
  size_t sum = 0;
  for (const auto& [ordinal, counters] : ids) sum += kBytesPerMetric + counters.getSizeInBytes();
  return sum;
}

}  // namespace

Status DecodePresence(std::string_view in, Roaring& out) {
  std::vector<uint32_t> counters;
  uint64_t counter = 0;
  while (!in.empty()) {
    uint64_t difference;
    if (!ReadVarint(in, difference)) return DataLoss("the presence of series is damaged");
    counter += difference;
    if (counter > std::numeric_limits<uint32_t>::max()) {
      return DataLoss("the presence of series has an id that none has");
    }
    counters.push_back(static_cast<uint32_t>(counter));
  }
  out.addMany(counters.size(), counters.data());
  return OkStatus();
}

Status Presence::Open() {
  ASSIGN_OR_RETURN(const auto complete, store_.Get(Family::kMeta, PresenceCompleteKey()));
  if (complete) return OkStatus();
  const std::unique_ptr<StoreIterator> it = store_.NewIterator(Family::kRaw);
  size_t noted = 0;
  for (it->Seek(""); it->Valid();) {
    RawKey key;
    if (!DecodeRawKey(it->key(), key)) return DataLoss("a key of raw that is none");
    Note(key.tenant, key.series, key.partition);
    if (++noted % kNotedAtOnce == 0) RETURN_IF_ERROR(Write());
    // Past all blocks of the series there.
    key.block_end = std::numeric_limits<int64_t>::max();
    it->Seek(EncodeRawKey(key) + '\0');
  }
  RETURN_IF_ERROR(it->status());
  RETURN_IF_ERROR(Write());
  const std::unique_ptr<WriteBatch> batch = store_.NewBatch();
  batch->Put(Family::kMeta, PresenceCompleteKey(), "");
  return store_.Write(*batch, WriteMode::kSync);
}

void Presence::Note(TenantId tenant, SeriesId series, Partition partition) {
  noted_[{partition, tenant}][OrdinalOf(series)].push_back(CounterOf(series));
}

Status Presence::Write() {
  if (noted_.empty()) return OkStatus();
  const std::unique_ptr<WriteBatch> batch = store_.NewBatch();
  for (auto& [key, metrics] : noted_) {
    for (auto& [ordinal, counters] : metrics) {
      const std::string value = EncodeCounters(counters);
      batch->Put(Family::kMeta, PresenceKey(key.first, key.second, ordinal, Checksum64(value)),
                 value);
    }
  }
  RETURN_IF_ERROR(store_.Write(*batch, WriteMode::kNoSync));
  for (const auto& [key, metrics] : noted_) Forget(key);
  noted_.clear();
  return OkStatus();
}

void Presence::Forget(const Key& key) {
  MutexLock lock(mutex_);
  ++writes_;
  const auto found = cache_.find(key);
  if (found == cache_.end()) return;
  bytes_ -= found->second.bytes;
  cache_.erase(found);
}

StatusOr<std::shared_ptr<const SeriesByMetric>> Presence::Get(Partition partition,
                                                              TenantId tenant) const {
  const Key key = {partition, tenant};
  uint64_t writes;
  {
    MutexLock lock(mutex_);
    const auto found = cache_.find(key);
    if (found != cache_.end()) {
      found->second.used = ++ticks_;
      return found->second.ids;
    }
    writes = writes_;
  }
  ASSIGN_OR_RETURN(auto ids, Read(key));
  MutexLock lock(mutex_);
  if (writes == writes_) Keep(key, {ids, BytesOf(*ids), ++ticks_});
  return ids;
}

StatusOr<std::shared_ptr<const SeriesByMetric>> Presence::Read(const Key& key) const {
  auto out = std::make_shared<SeriesByMetric>();
  const std::string prefix = PresencePrefix(key.first, key.second);
  const std::unique_ptr<StoreIterator> it = store_.NewIterator(Family::kMeta);
  for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
    PresenceKeyParts parts;
    if (!DecodePresenceKey(it->key(), parts)) return DataLoss("a key of presence is damaged");
    RETURN_IF_ERROR(DecodePresence(it->value(), (*out)[parts.ordinal]));
  }
  RETURN_IF_ERROR(it->status());
  for (auto& [ordinal, counters] : *out) counters.runOptimize();
  return std::shared_ptr<const SeriesByMetric>(std::move(out));
}

void Presence::Keep(const Key& key, const Cached& cached) const {
  if (cached.bytes > cache_bytes_ || !cache_.emplace(key, cached).second) return;
  bytes_ += cached.bytes;
  while (bytes_ > cache_bytes_) {
    const auto oldest = std::min_element(
        cache_.begin(), cache_.end(),
        [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    bytes_ -= oldest->second.bytes;
    cache_.erase(oldest);
  }
}

StatusOr<std::vector<Partition>> Presence::Partitions() const {
  std::vector<Partition> out;
  const std::unique_ptr<StoreIterator> it = store_.NewIterator(Family::kMeta);
  PresenceKeyParts parts;
  it->Seek(PresencePrefix(std::numeric_limits<Partition>::min()));
  while (it->Valid() && DecodePresenceKey(it->key(), parts)) {
    out.push_back(parts.partition);
    if (parts.partition == std::numeric_limits<Partition>::max()) break;
    it->Seek(PresencePrefix(parts.partition + 1));
  }
  RETURN_IF_ERROR(it->status());
  return out;
}

Status Presence::Drop(Partition partition) {
  const std::unique_ptr<WriteBatch> batch = store_.NewBatch();
  const std::string prefix = PresencePrefix(partition);
  const std::unique_ptr<StoreIterator> it = store_.NewIterator(Family::kMeta);
  // Key by key: the marker of a deleted range in a table makes readers skip a
  // damaged block that lies under it without an error, and that block may hold
  // the presence of other partitions.
  for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
    batch->Delete(Family::kMeta, it->key());
  }
  RETURN_IF_ERROR(it->status());
  RETURN_IF_ERROR(store_.Write(*batch, WriteMode::kNoSync));
  MutexLock lock(mutex_);
  ++writes_;
  std::erase_if(cache_, [this, partition](const auto& entry) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (entry.first.first != partition) return false;
    bytes_ -= entry.second.bytes;
    return true;
  });
  return OkStatus();
}

}  // namespace tidemark::tsdb
