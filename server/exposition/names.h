// Legacy names: what a metric or label could be called before UTF-8 names, and
// still has to be called towards scrapers that do not ask for those.
#pragma once

#include <string_view>

#include "proto/metrics.pb.h"

namespace tidemark::server {

bool IsLegacyMetricName(std::string_view name);  // [a-zA-Z_:][a-zA-Z0-9_:]*
bool IsLegacyLabelName(std::string_view name);   // [a-zA-Z_][a-zA-Z0-9_]*

// Whether the family's name and all of its metrics' label names are legacy names.
bool HasLegacyNames(const io::prometheus::client::MetricFamily& family);

// A copy in which each character that a legacy name cannot have is one '_'
// (the scheme that content negotiation calls "underscores").
io::prometheus::client::MetricFamily WithLegacyNames(io::prometheus::client::MetricFamily family);

}  // namespace tidemark::server
