#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "tsdb/block/dirty_days.h"
#include "tsdb/store/tier_keys.h"
#include "tsdb/tier/day_aggs.h"
#include "tsdb/tier/tier_block.h"
#include "tsdb/verify/checks.h"
#include "tsdb/verify/describe.h"

namespace tidemark::tsdb {
namespace {

const std::string kWhere = "tiers";

std::string Describe(const TierKey& key) {
  return fmt::format("{}, {} up to {}", DescribeSeries(key.tenant, key.series),
                     key.tier == static_cast<uint8_t>(Tier::kHour) ? "hours" : "days",
                     DescribeTime(key.block_end));
}

// How long the time of a block of the tier is; 0: there is no such tier.
int64_t BlockLength(uint8_t tier) {
  if (tier == static_cast<uint8_t>(Tier::kHour) || tier == kQualityTier) return kPartitionMs;
  return tier == static_cast<uint8_t>(Tier::kDay) ? kPartitionsInPeriod * kPartitionMs : 0;
}

std::string CheckKey(const VerifyContext& context, const TierKey& key) {
  const int64_t length = BlockLength(key.tier);
  if (length == 0) return fmt::format("there is no tier {}", key.tier);
  if (key.block_end % length != 0) return "no block ends then";
  if (PeriodOf(PartitionOf(key.block_end)) != key.period) return "lies in another period";
  return context.Knows(key.tenant, key.series) ? "" : "its series is not in the catalog";
}

std::string CheckBlock(const TierKey& key, std::string_view value, VerifyCounts& counts) {
  if (key.tier == kQualityTier) {
    const auto quality = DecodeDayQuality(value);
    return quality.ok() ? "" : std::string(MessageOf(quality.status()));
  }
  TierBlockReader block;
  const Status status = block.Open(static_cast<Tier>(key.tier), value);
  if (!status.ok()) return std::string(MessageOf(status));
  counts.tier_windows += block.size();
  const bool within = block.end(0) > key.block_end - BlockLength(key.tier) &&
                      block.end(block.size() - 1) <= key.block_end;
  return within ? "" : "has windows of another time";
}

// What is to be made again.
struct Marked {
  std::set<Partition> days;
  std::set<std::tuple<Partition, TenantId, SeriesId>> series;

  bool Has(const RawKey& key) const {
    return days.count(key.partition) > 0 ||
           series.count({key.partition, key.tenant, key.series}) > 0;
  }
};

void TakeMark(VerifyContext& context, std::string_view key, std::string_view value,
              Marked& marked) {
  DirtyKey place;
  DirtyHours dirty;
  if (DecodeDirtyPartitionKey(key, place.partition)) {
    marked.days.insert(place.partition);
  } else if (DecodeDirtyKey(key, place)) {
    marked.series.insert({place.partition, place.tenant, place.series});
  } else {
    return context.findings.Error(kWhere, DescribeBytes(key), "is no key of tiers");
  }
  if (!DecodeDirtyHours(value, dirty)) {
    context.findings.Error(kWhere, "mark " + DescribeBytes(key), "is damaged");
  }
}

// Days up to these are not made again: raw may have but a part of them.
using GoneByTenant = std::map<std::string, int64_t, std::less<>>;

GoneByTenant ReadGone(const VerifyContext& context) {
  GoneByTenant gone;
  const std::string prefix = GoneKey("");
  const auto it = context.store.NewIterator(Family::kMeta);
  for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
    std::string_view value = it->value();
    int64_t until;
    if (ReadTime(value, until)) gone[std::string(it->key().substr(prefix.size()))] = until;
  }
  return gone;
}

bool IsGone(const VerifyContext& context, const GoneByTenant& gone, const RawKey& key) {
  const auto name = context.tenants.find(key.tenant);
  auto found = gone.find(name == context.tenants.end() ? "" : name->second);
  if (found == gone.end()) found = gone.find("");
  return found != gone.end() && key.block_end <= found->second;
}

// Damaged samples are a finding of CheckRaw.
void CheckAgainstRaw(VerifyContext& context, const RawKey& key, std::string_view raw_block) {
  const auto aggs = MakeDayAggs(raw_block);
  if (!aggs.ok()) return;
  const auto holds = HoldsDayAggs(context.store, key.partition, key.tenant, key.series, *aggs);
  if (holds.ok() && *holds) return;
  context.findings.Error(kWhere, DescribeBlock(key),
                         holds.ok() ? "its aggregates are not what its samples come to"
                                    : std::string(MessageOf(holds.status())));
}

void CheckDays(VerifyContext& context, const Marked& marked) {
  // Without this, all days are made again when the database is opened.
  const auto complete = context.store.Get(Family::kMeta, DirtyCompleteKey());
  if (!complete.ok() || !*complete) return;
  const GoneByTenant gone = ReadGone(context);
  const auto it = context.store.NewIterator(Family::kRaw);
  for (it->Seek(""); it->Valid(); it->Next()) {
    RawKey key;
    if (!DecodeRawKey(it->key(), key) || !HasTiers(key.partition)) continue;
    if (marked.Has(key) || IsGone(context, gone, key)) continue;
    CheckAgainstRaw(context, key, it->value());
  }
}

}  // namespace

void CheckTiers(VerifyContext& context) {
  Marked marked;
  const auto it = context.store.NewIterator(Family::kTiers);
  for (it->Seek(""); it->Valid(); it->Next()) {
    TierKey key;
    if (it->key().starts_with(DirtyPrefix())) {
      TakeMark(context, it->key(), it->value(), marked);
      continue;
    }
    if (!DecodeTierKey(it->key(), key)) {
      context.findings.Error(kWhere, DescribeBytes(it->key()), "is no key of tiers");
      continue;
    }
    std::string wrong = CheckKey(context, key);
    if (wrong.empty()) wrong = CheckBlock(key, it->value(), context.counts);
    if (!wrong.empty()) context.findings.Error(kWhere, Describe(key), wrong);
  }
  if (!it->status().ok()) {
    context.findings.Error(kWhere, "scan", std::string(MessageOf(it->status())));
    return;
  }
  CheckDays(context, marked);
}

}  // namespace tidemark::tsdb
