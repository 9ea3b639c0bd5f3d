#include "server/ingest/metric_family.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

using tsdb::MetricType;

TEST(MetricFamilyTest, OnlyPartsOfAMetricLoseTheirEnding) {
  const struct {
    const char* name;
    MetricType type;
    const char* family;
  } kCases[] = {
      {"http_seconds_bucket", MetricType::kHistogram, "http_seconds"},
      {"http_seconds_sum", MetricType::kHistogram, "http_seconds"},
      {"http_seconds_count", MetricType::kHistogram, "http_seconds"},
      {"http_seconds", MetricType::kHistogram, "http_seconds"},
      {"queue_gcount", MetricType::kGaugeHistogram, "queue"},
      {"queue_gsum", MetricType::kGaugeHistogram, "queue"},
      {"queue_bucket", MetricType::kGaugeHistogram, "queue"},
      {"rpc_seconds_count", MetricType::kSummary, "rpc_seconds"},
      {"rpc_seconds_bucket", MetricType::kSummary, "rpc_seconds_bucket"},
      {"requests_total", MetricType::kCounter, "requests_total"},
      {"row_count", MetricType::kGauge, "row_count"},
      {"row_count", MetricType::kUnknown, "row_count"},
      {"_count", MetricType::kHistogram, "_count"},
      {"", MetricType::kHistogram, ""},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(MetricFamily(c.name, c.type), c.family);
  }
}

}  // namespace
}  // namespace tidemark::server
