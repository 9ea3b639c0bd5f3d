#include <fmt/format.h>

#include "tsdb/index/presence.h"
#include "tsdb/store/meta_records.h"
#include "tsdb/store/series_keys.h"
#include "tsdb/store/tier_keys.h"
#include "tsdb/verify/checks.h"
#include "tsdb/verify/describe.h"

namespace tidemark::tsdb {
namespace {

const std::string kWhere = "meta";

class MetaCheck {
 public:
  explicit MetaCheck(VerifyContext& context) : context_(context) {}

  void Run() {
    const auto it = context_.store.NewIterator(Family::kMeta);
    for (it->Seek(""); it->Valid(); it->Next()) See(it->key(), it->value());
    if (!it->status().ok()) Error("scan", std::string(MessageOf(it->status())));
  }

 private:
  void Error(std::string what, std::string problem) {
    context_.findings.Error(kWhere, std::move(what), std::move(problem));
  }

  void See(std::string_view key, std::string_view value) {
    TenantId tenant;
    ExemplarPlace place;
    std::string_view metric;
    PresenceKeyParts presence;
    if (key == TrimKey()) return SeeNumber("trim mark", value);
    if (IsRetentionKey(key)) return SeeNumber("retention mark", value);
    if (DecodeSealedKey(key, tenant)) return SeeSealed(tenant, value);
    if (DecodeExemplarKey(key, place)) return SeeExemplar(place, value);
    if (DecodeMetadataKey(key, tenant, metric)) return SeeMetadata(tenant, metric, value);
    if (DecodeStateKey(key, tenant, metric)) return SeeState(tenant);
    if (DecodePresenceKey(key, presence)) return SeePresence(presence, value);
    if (key == PresenceCompleteKey() || key == DirtyCompleteKey()) return;
    if (IsTierRetentionKey(key)) return SeeNumber("retention mark of a tier", value);
    Error(DescribeBytes(key), "is no key of meta");
  }

  static bool IsRetentionKey(std::string_view key) {
    return key.starts_with(RetentionKey()) || key.starts_with(GoneKey(""));
  }

  // Marks: eight bytes.
  void SeeNumber(std::string what, std::string_view value) {
    if (value.size() != sizeof(uint64_t)) {
      Error(std::move(what), fmt::format("has {} bytes, not 8", value.size()));
    }
  }

  void SeeSealed(TenantId tenant, std::string_view value) {
    const std::string what = fmt::format("newest sealed time of tenant {}", tenant);
    if (context_.tenants.count(tenant) == 0) Error(what, "the tenant is not in the catalog");
    SeeNumber(what, value);
  }

  void SeeExemplar(const ExemplarPlace& place, std::string_view value) {
    ++context_.counts.exemplars;
    const std::string what = fmt::format(
        "exemplar of {} at {}", DescribeSeries(place.tenant, place.series), DescribeTime(place.t));
    if (!context_.Knows(place.tenant, place.series))
      Error(what, "its series is not in the catalog");
    const auto exemplar = DecodeExemplar(place.t, value);
    if (!exemplar.ok()) Error(what, std::string(MessageOf(exemplar.status())));
  }

  void SeeMetadata(TenantId tenant, std::string_view metric, std::string_view value) {
    ++context_.counts.metadata;
    const std::string what = fmt::format("metadata of tenant {}, metric {}", tenant, metric);
    if (context_.tenants.count(tenant) == 0) Error(what, "the tenant is not in the catalog");
    const auto metadata = DecodeMetadata(value);
    if (!metadata.ok()) Error(what, std::string(MessageOf(metadata.status())));
  }

  // What is in it, only its keeper knows.
  void SeeState(TenantId tenant) {
    const std::string what = fmt::format("state of tenant {}", tenant);
    if (context_.tenants.count(tenant) == 0) Error(what, "the tenant is not in the catalog");
  }

  // Series in it may have been forgotten since.
  void SeePresence(const PresenceKeyParts& parts, std::string_view value) {
    const std::string what = fmt::format("presence of tenant {}, metric {} in partition {}",
                                         parts.tenant, parts.ordinal, parts.partition);
    if (context_.tenants.count(parts.tenant) == 0) Error(what, "the tenant is not in the catalog");
    Roaring counters;
    const Status status = DecodePresence(value, counters);
    if (!status.ok()) Error(what, std::string(MessageOf(status)));
  }

  VerifyContext& context_;
};

}  // namespace

void CheckMeta(VerifyContext& context) { MetaCheck(context).Run(); }

}  // namespace tidemark::tsdb
