#include "tsdb/head/metadata_purge.h"

#include <memory>

#include "tsdb/model/labels.h"
#include "tsdb/model/matcher.h"
#include "tsdb/store/series_keys.h"

namespace tidemark::tsdb {
namespace {

// What a family's metrics have behind its name; itself first.
constexpr std::string_view kSuffixes[] = {"",       "_bucket",  "_sum", "_count",
                                          "_total", "_created", "_info"};

StatusOr<bool> HasSeries(const Store& store, const HeadTenant& tenant, const std::string& metric) {
  const Matcher matcher = Matcher::Equal(kMetricName, metric);
  const std::unique_ptr<StoreIterator> it = store.NewIterator(Family::kCatalog);
  for (const uint32_t ordinal : tenant.MetricsMatching({&matcher, 1})) {
    it->Seek(SeriesKey(tenant.id, SeriesIdOf(ordinal, 0)));
    TenantId owner;
    SeriesId id;
    if (it->Valid() && DecodeSeriesKey(it->key(), owner, id) && owner == tenant.id &&
        OrdinalOf(id) == ordinal) {
      return true;
    }
    RETURN_IF_ERROR(it->status());
  }
  // One that is not written yet.
  ASSIGN_OR_RETURN(const auto in_memory, tenant.index.LabelValues(kMetricName, {&matcher, 1}, 1));
  return !in_memory.empty();
}

StatusOr<bool> FamilyHasSeries(const Store& store, const HeadTenant& tenant,
                               std::string_view family) {
  for (const std::string_view suffix : kSuffixes) {
    ASSIGN_OR_RETURN(const bool has,
                     HasSeries(store, tenant, std::string(family) + std::string(suffix)));
    if (has) return true;
  }
  return false;
}

}  // namespace

StatusOr<std::vector<std::string>> MetadataWithoutSeries(const Store& store,
                                                         const HeadTenant& tenant,
                                                         std::string_view metric) {
  std::vector<std::string> out;
  for (const std::string_view suffix : kSuffixes) {
    if (!metric.ends_with(suffix)) continue;
    const std::string_view family = metric.substr(0, metric.size() - suffix.size());
    if (!tenant.HasMetadata(family)) continue;
    ASSIGN_OR_RETURN(const bool has, FamilyHasSeries(store, tenant, family));
    if (!has) out.emplace_back(family);
  }
  return out;
}

}  // namespace tidemark::tsdb
