// Exemplar: one observation beside a sample, usually with a trace_id; Metadata:
// what a sender says about a metric.
#pragma once

#include <cstdint>
#include <string>

#include "tsdb/model/labels.h"

namespace tidemark::tsdb {

struct Exemplar {
  Labels labels;  // of the exemplar itself, e.g. {trace_id="…"}
  double value = 0;
  int64_t t = 0;  // milliseconds since the Unix epoch
};

// Types by the names that Prometheus' metadata API prints.
enum class MetricType : uint8_t {
  kUnknown = 0,
  kCounter = 1,
  kGauge = 2,
  kHistogram = 3,
  kGaugeHistogram = 4,
  kSummary = 5,
  kInfo = 6,
  kStateset = 7,
};

struct Metadata {
  MetricType type = MetricType::kUnknown;
  std::string help;
  std::string unit;
  bool operator==(const Metadata&) const = default;
};

}  // namespace tidemark::tsdb
