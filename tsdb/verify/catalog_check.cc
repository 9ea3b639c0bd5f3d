#include <fmt/format.h>

#include "absl/container/flat_hash_map.h"
#include "tsdb/base/checksum.h"
#include "tsdb/base/coding.h"
#include "tsdb/index/series_catalog.h"
#include "tsdb/model/labels.h"
#include "tsdb/store/series_keys.h"
#include "tsdb/verify/checks.h"
#include "tsdb/verify/describe.h"

namespace tidemark::tsdb {
namespace {

const std::string kWhere = "catalog";

class CatalogCheck {
 public:
  explicit CatalogCheck(VerifyContext& context) : context_(context) {}

  void Run() {
    const auto it = context_.store.NewIterator(Family::kCatalog);
    // Series sort before tenants.
    for (it->Seek(std::string_view(&kTenantPrefix, 1)); it->Valid(); it->Next()) {
      See(it->key(), it->value());
    }
    Status status = it->status();
    for (it->Seek(""); it->Valid() && it->key()[0] != kTenantPrefix; it->Next()) {
      See(it->key(), it->value());
    }
    if (status.ok()) status = it->status();
    if (status.ok()) CheckHashes();
    if (!status.ok()) context_.findings.Error(kWhere, "scan", std::string(MessageOf(status)));
  }

 private:
  void Error(std::string what, std::string problem) {
    context_.findings.Error(kWhere, std::move(what), std::move(problem));
  }

  void See(std::string_view key, std::string_view value) {
    TenantId tenant;
    SeriesId series;
    uint32_t ordinal;
    if (DecodeTenantKey(key, tenant)) return SeeTenant(tenant, value);
    if (DecodeSeriesKey(key, tenant, series)) return SeeSeries(tenant, series, value);
    if (DecodeSeriesHashKey(key, tenant)) return SeeHash(key, tenant, value);
    if (DecodeMetricKey(key, tenant, ordinal)) return SeeMetric(key, value);
    if (key == HashSecretKey()) return SeeSecret(value);
    Error(DescribeBytes(key), "is no key of the catalog");
  }

  void SeeTenant(TenantId tenant, std::string_view name) {
    ++context_.counts.tenants;
    if (name.empty()) Error(fmt::format("tenant {}", tenant), "has no name");
    for (const auto& [other, other_name] : context_.tenants) {
      if (other_name != name) continue;
      Error(fmt::format("tenant {}", tenant),
            fmt::format("has the name of tenant {}, \"{}\"", other, name));
    }
    context_.tenants.emplace(tenant, name);
  }

  void SeeSeries(TenantId tenant, SeriesId series, std::string_view packed) {
    ++context_.counts.series;
    context_.series.insert({tenant, series});
    const std::string what = DescribeSeries(tenant, series);
    if (context_.tenants.count(tenant) == 0) Error(what, "its tenant is not in the catalog");
    const auto labels = Labels::FromPacked(packed);
    if (!labels.ok()) return Error(what, std::string(MessageOf(labels.status())));
    const auto same = by_labels_.try_emplace({tenant, Checksum64(packed)}, series);
    if (!same.second) {
      Error(what,
            fmt::format("has the labels of series {}: {}", same.first->second, labels->ToString()));
    }
    CheckOrdinal(tenant, series, std::string(labels->metric_name()));
  }

  void SeeHash(std::string_view key, TenantId tenant, std::string_view value) {
    SeriesId series;
    if (!ReadBigEndian(value, series) || !value.empty()) {
      return Error(DescribeBytes(key), "the id of a series is damaged");
    }
    if (!hashed_.insert({tenant, series}).second) {
      Error(DescribeSeries(tenant, series), "is found by two hashes of labels");
    }
  }

  void SeeMetric(std::string_view key, std::string_view value) {
    uint32_t next;
    if (!ReadBigEndian(value, next)) Error(DescribeBytes(key), "the counter is damaged");
  }

  void SeeSecret(std::string_view value) {
    has_secret_ = true;
    if (value.size() != SeriesCatalog::kSecretBytes) {
      Error("secret of hashes",
            fmt::format("has {} bytes, not {}", value.size(), SeriesCatalog::kSecretBytes));
    }
  }

  // A database without the secret gets hashes when it is opened.
  void CheckHashes() {
    for (const auto& [tenant, series] : hashed_) {
      if (context_.Knows(tenant, series)) continue;
      Error(DescribeSeries(tenant, series), "has a hash, and no labels");
    }
    if (!has_secret_) return;
    for (const auto& [tenant, series] : context_.series) {
      if (hashed_.contains({tenant, series})) continue;
      Error(DescribeSeries(tenant, series), "is not found by the hash of its labels");
    }
  }

  void CheckOrdinal(TenantId tenant, SeriesId series, const std::string& metric) {
    const auto ordinal = static_cast<uint32_t>(series >> 32);
    const auto known = ordinals_.try_emplace({tenant, metric}, ordinal).first;
    if (known->second == ordinal) return;
    Error(DescribeSeries(tenant, series), fmt::format("is of metric {}, whose other series have "
                                                      "ordinal {}, not {}",
                                                      metric, known->second, ordinal));
  }

  VerifyContext& context_;
  absl::flat_hash_map<std::pair<TenantId, uint64_t>, SeriesId> by_labels_;
  std::map<std::pair<TenantId, std::string>, uint32_t> ordinals_;
  absl::flat_hash_set<std::pair<TenantId, SeriesId>> hashed_;
  bool has_secret_ = false;
};

}  // namespace

void CheckCatalog(VerifyContext& context) { CatalogCheck(context).Run(); }

}  // namespace tidemark::tsdb
