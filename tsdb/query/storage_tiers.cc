#include "tsdb/query/storage_tiers.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "tsdb/store/tier_keys.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kMinTime = std::numeric_limits<int64_t>::min();

// Blocks are read when they are reached.
class StoredAggs : public AggIterator {
 public:
  // `days`: outside of them there are no blocks.
  StoredAggs(std::shared_ptr<RawCursors> cursors, const std::vector<Partition>& days, Tier tier,
             TierSpan windows, TenantId tenant, SeriesId series, TierBlockReader::Part part)
      : cursors_(std::move(cursors)), tier_(tier), windows_(windows), part_(part) {
    key_ = {static_cast<uint8_t>(tier), 0, tenant, series, 0};
    if (days.empty() || windows.from >= windows.to) return;
    const Partition first = std::max(days.front(), PartitionOf(windows.from + 1));
    next_period_ = PeriodOf(first);
    last_period_ = PeriodOf(std::min(days.back(), PartitionOf(windows.to)));
    if (first <= days.back()) cursor_ = cursors_->Take();
  }
  ~StoredAggs() override {
    if (cursor_.it != nullptr) cursors_->GiveBack(std::move(cursor_));
  }
  StoredAggs(const StoredAggs&) = delete;
  StoredAggs& operator=(const StoredAggs&) = delete;

  bool Next() override {
    do {
      for (; at_ < block_.size(); ++at_) {
        end_ = block_.end(at_);
        if (end_ > windows_.to) return false;
        if (end_ <= windows_.from) continue;
        block_.Read(at_++, agg_);
        return true;
      }
    } while (NextBlock());
    return false;
  }
  int64_t end() const override { return end_; }
  const Agg& agg() const override { return agg_; }
  Status status() const override { return status_; }

 private:
  bool NextBlock() {
    if (cursor_.it == nullptr || !status_.ok()) return false;
    if (in_period_) cursor_.it->Next();
    while (!in_period_ || !cursor_.it->Valid()) {
      status_ = in_period_ ? cursor_.it->status() : OkStatus();
      if (!status_.ok() || next_period_ > last_period_) return false;
      key_.period = next_period_++;
      key_.block_end = windows_.from + 1;
      cursor_.it->Seek(EncodeTierKey(key_));
      in_period_ = true;
    }
    return OpenBlock();
  }

  bool OpenBlock() {
    status_ = block_.Open(tier_, cursor_.it->value(), part_);
    at_ = 0;
    if (status_.ok()) return true;
    TierKey key = key_;
    DecodeTierKey(cursor_.it->key(), key);
    status_ = DataLoss(fmt::format("series {}, {} ending at {}: {}", key.series,
                                   tier_ == Tier::kHour ? "hours" : "days", key.block_end,
                                   MessageOf(status_)));
    return false;
  }

  const std::shared_ptr<RawCursors> cursors_;
  const Tier tier_;
  const TierSpan windows_;
  const TierBlockReader::Part part_;
  TierKey key_;
  TierPeriod next_period_ = 0;
  TierPeriod last_period_ = -1;
  bool in_period_ = false;
  RawCursors::Cursor cursor_;
  TierBlockReader block_;
  size_t at_ = 0;
  int64_t end_ = 0;
  Agg agg_;
  Status status_;
};

}  // namespace

StorageTiers::StorageTiers(const QuerySources& sources, const HeadTenant* tenant,
                           std::span<const IndexedSeries> series, TierBlockReader::Part part)
    : sources_(sources),
      tenant_(tenant),
      salt_(tenant == nullptr ? LabelHash() : TenantSalt(tenant->name)),
      series_(series),
      part_(part),
      cursors_(
          std::make_shared<RawCursors>([&store = sources.store] { return store.NewTierIterator(); },
                                       [&rollup = sources.rollup] { return rollup.passes(); })) {}

TierSpan StorageTiers::Kept(Tier tier, int64_t from, int64_t to) const {
  const int64_t oldest = sources_.tier_retention.mark(tier);
  return WholeWindows(tier, oldest == kMinTime ? from : std::max(from, oldest - 1), to);
}

StatusOr<TierCoverage> StorageTiers::Coverage(size_t series, Tier tier, int64_t from,
                                              int64_t to) const {
  TierCoverage out;
  const int64_t oldest = sources_.retention.mark(tenant_->name);
  if (oldest != kMinTime) out.raw_gone_until = oldest - 1;
  const TierSpan kept = Kept(tier, from, to);
  if (kept.from >= kept.to) return out;
  const LabelHash hash = HashLabels(series_[series].labels.packed(), salt_);
  TimeIntervals inexact = sources_.head.Unsealed(hash);
  const TimeIntervals dirty = sources_.dirty.Within({kept.from + 1, kept.to});
  for (const TimeInterval& interval : dirty.all()) inexact.Add(interval);
  std::vector<TierSpan> spans;
  for (const TimeInterval& interval : inexact.all()) {
    spans.push_back({interval.mint == kMinTime ? kMinTime : interval.mint - 1, interval.maxt});
  }
  out.exact = WithoutWindows(tier, kept, spans);
  return out;
}

std::unique_ptr<AggIterator> StorageTiers::Aggs(size_t series, Tier tier, int64_t from,
                                                int64_t to) const {
  return std::make_unique<StoredAggs>(cursors_, *sources_.days.Get(), tier, Kept(tier, from, to),
                                      tenant_->id, series_[series].id, part_);
}

}  // namespace tidemark::tsdb
