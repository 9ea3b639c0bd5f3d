#include "tsdb/block/dirty_days.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <memory>

#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr int kHoursInDay = 24;
constexpr Partition kFirstPartition = std::numeric_limits<Partition>::min();
constexpr Partition kLastPartition = std::numeric_limits<Partition>::max();
// Stands for the mark of a whole day, which has none of its own.
constexpr uint64_t kWholeDay = 0;

// Bit of the hour that `t`, of this day, is in.
int HourOf(int64_t day_begin, int64_t t) { return static_cast<int>((t - day_begin - 1) / kHourMs); }

void AddHours(Partition partition, HourMask hours, const TimeInterval& times, TimeIntervals& out) {
  const int64_t begin = PartitionEnd(partition - 1);
  for (int hour = 0; hour < kHoursInDay; ++hour) {
    if ((hours >> hour & 1) == 0) continue;
    const TimeInterval interval{begin + hour * kHourMs + 1, begin + (hour + 1) * kHourMs};
    if (interval.Overlaps(times)) out.Add(interval);
  }
}

}  // namespace

bool HasTiers(Partition partition) {
  return partition > kFirstPartition && partition < kLastPartition;
}

HourMask HoursOf(Partition partition, int64_t mint, int64_t maxt) {
  if (!HasTiers(partition)) return kAllHours;
  const int64_t begin = PartitionEnd(partition - 1);
  const int first = HourOf(begin, std::max(mint, begin + 1));
  const int last = HourOf(begin, std::min(maxt, PartitionEnd(partition)));
  return (kAllHours >> (kHoursInDay - 1 - last)) & (kAllHours << first);
}

Status DirtyDays::Load(Store& store, const std::vector<Partition>& partitions, int64_t now_ms) {
  bool complete = false;
  RETURN_IF_ERROR(LoadMarks(store, complete));
  return complete ? OkStatus() : MarkAll(store, partitions, now_ms);
}

Status DirtyDays::LoadMarks(const Store& store, bool& complete) {
  ASSIGN_OR_RETURN(const auto found, store.Get(Family::kMeta, DirtyCompleteKey()));
  complete = found.has_value();
  const std::unique_ptr<StoreIterator> it = store.NewIterator(Family::kTiers);
  for (it->Seek(DirtyPrefix()); it->Valid() && it->key().starts_with(DirtyPrefix()); it->Next()) {
    DirtyKey key;
    DirtyHours dirty;
    const bool whole = DecodeDirtyPartitionKey(it->key(), key.partition);
    if (!whole && !DecodeDirtyKey(it->key(), key)) return DataLoss("a mark of a day is damaged");
    if (!DecodeDirtyHours(it->value(), dirty)) return DataLoss("a mark of a day is damaged");
    const uint64_t ticket = whole ? kWholeDay : key.sequence;
    NewTicket(ticket);
    Note(key.partition, dirty, ticket);
    Settle(ticket);
  }
  return it->status();
}

Status DirtyDays::MarkAll(Store& store, const std::vector<Partition>& partitions, int64_t now_ms) {
  const DirtyHours all{kAllHours, now_ms};
  const std::unique_ptr<WriteBatch> batch = store.NewBatch();
  for (const Partition partition : partitions) {
    if (!HasTiers(partition)) continue;
    batch->Put(Family::kTiers, DirtyPartitionKey(partition), EncodeDirtyHours(all));
    Note(partition, all, kWholeDay);
  }
  Settle(kWholeDay);
  batch->Put(Family::kMeta, DirtyCompleteKey(), "");
  return store.Write(*batch, WriteMode::kSync);
}

uint64_t DirtyDays::NewTicket(uint64_t sequence) {
  MutexLock lock(mutex_);
  return last_ticket_ = std::max(sequence, last_ticket_ + 1);
}

void DirtyDays::Note(Partition partition, const DirtyHours& dirty, uint64_t ticket) {
  MutexLock lock(mutex_);
  const auto [at, added] = days_[partition].try_emplace(ticket);
  Seal& seal = at->second;
  seal.hours |= dirty.hours;
  seal.windows += static_cast<uint64_t>(std::popcount(dirty.hours));
  seal.oldest_ms = added ? dirty.marked_ms : std::min(seal.oldest_ms, dirty.marked_ms);
  seal.settled = false;
}

void DirtyDays::Settle(uint64_t ticket) {
  MutexLock lock(mutex_);
  for (auto& [partition, seals] : days_) {
    const auto found = seals.find(ticket);
    if (found != seals.end()) found->second.settled = true;
  }
}

std::vector<uint64_t> DirtyDays::Settled(Partition partition) const {
  MutexLock lock(mutex_);
  std::vector<uint64_t> out;
  const auto found = days_.find(partition);
  if (found == days_.end()) return out;
  for (const auto& [ticket, seal] : found->second) {
    if (seal.settled) out.push_back(ticket);
  }
  return out;
}

void DirtyDays::Clear(Partition partition, const std::vector<uint64_t>& tickets) {
  MutexLock lock(mutex_);
  const auto found = days_.find(partition);
  if (found == days_.end()) return;
  for (const uint64_t ticket : tickets) found->second.erase(ticket);
  if (found->second.empty()) days_.erase(found);
}

std::vector<DirtyDays::Day> DirtyDays::Days() const {
  MutexLock lock(mutex_);
  std::vector<Day> out;
  for (const auto& [partition, seals] : days_) {
    std::optional<int64_t> oldest;
    for (const auto& [ticket, seal] : seals) {
      if (seal.settled) oldest = std::min(oldest.value_or(seal.oldest_ms), seal.oldest_ms);
    }
    if (oldest.has_value()) out.push_back({partition, *oldest});
  }
  return out;
}

bool DirtyDays::IsDirty(Partition partition) const {
  MutexLock lock(mutex_);
  return days_.count(partition) > 0;
}

TimeIntervals DirtyDays::Within(const TimeInterval& times) const {
  TimeIntervals out;
  out.Add({std::numeric_limits<int64_t>::min(), PartitionEnd(kFirstPartition)});
  out.Add({PartitionFirst(kLastPartition), std::numeric_limits<int64_t>::max()});
  MutexLock lock(mutex_);
  const Partition last = PartitionOf(times.maxt);
  for (auto day = days_.lower_bound(PartitionOf(times.mint)); day != days_.end(); ++day) {
    if (day->first > last) break;
    HourMask hours = 0;
    for (const auto& [ticket, seal] : day->second) hours |= seal.hours;
    AddHours(day->first, hours, times, out);
  }
  return out;
}

uint64_t DirtyDays::windows() const {
  MutexLock lock(mutex_);
  uint64_t sum = 0;
  for (const auto& [partition, seals] : days_) {
    for (const auto& [ticket, seal] : seals) sum += seal.windows;
  }
  return sum;
}

std::optional<int64_t> DirtyDays::oldest_ms() const {
  MutexLock lock(mutex_);
  std::optional<int64_t> oldest;
  for (const auto& [partition, seals] : days_) {
    for (const auto& [ticket, seal] : seals) {
      oldest = std::min(oldest.value_or(seal.oldest_ms), seal.oldest_ms);
    }
  }
  return oldest;
}

}  // namespace tidemark::tsdb
