#include "server/ingest/metric_family.h"

#include <initializer_list>

namespace tidemark::server {
namespace {

std::string_view WithoutEnding(std::string_view name,
                               std::initializer_list<std::string_view> endings) {
  for (const std::string_view ending : endings) {
    if (name.size() > ending.size() && name.ends_with(ending)) {
      return name.substr(0, name.size() - ending.size());
    }
  }
  return name;
}

}  // namespace

std::string_view MetricFamily(std::string_view series_name, tsdb::MetricType type) {
  switch (type) {
    case tsdb::MetricType::kHistogram:
      return WithoutEnding(series_name, {"_bucket", "_sum", "_count"});
    case tsdb::MetricType::kGaugeHistogram:
      return WithoutEnding(series_name, {"_bucket", "_gsum", "_gcount", "_sum", "_count"});
    case tsdb::MetricType::kSummary:
      return WithoutEnding(series_name, {"_sum", "_count"});
    default:
      return series_name;
  }
}

}  // namespace tidemark::server
