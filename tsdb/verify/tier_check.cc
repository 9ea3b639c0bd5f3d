#include <fmt/format.h>

#include "tsdb/store/tier_keys.h"
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
  if (tier == static_cast<uint8_t>(Tier::kHour)) return kPartitionMs;
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
  TierBlockReader block;
  const Status status = block.Open(static_cast<Tier>(key.tier), value);
  if (!status.ok()) return std::string(MessageOf(status));
  counts.tier_windows += block.size();
  const bool within = block.end(0) > key.block_end - BlockLength(key.tier) &&
                      block.end(block.size() - 1) <= key.block_end;
  return within ? "" : "has windows of another time";
}

void CheckMark(VerifyContext& context, std::string_view key, std::string_view value) {
  DirtyKey place;
  DirtyHours dirty;
  const bool known = DecodeDirtyPartitionKey(key, place.partition) || DecodeDirtyKey(key, place);
  if (known && DecodeDirtyHours(value, dirty)) return;
  context.findings.Error(kWhere, "mark " + DescribeBytes(key), "is damaged");
}

}  // namespace

void CheckTiers(VerifyContext& context) {
  const auto it = context.store.NewIterator(Family::kTiers);
  for (it->Seek(""); it->Valid(); it->Next()) {
    TierKey key;
    if (it->key().starts_with(DirtyPrefix())) {
      CheckMark(context, it->key(), it->value());
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
  }
}

}  // namespace tidemark::tsdb
