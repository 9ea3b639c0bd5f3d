// The metric whose metadata a series carries.
#pragma once

#include <string_view>

#include "tsdb/model/exemplar.h"

namespace tidemark::server {

// Remote write 2.0 gives metadata with each series; it is kept, and asked for, by
// metric: that of `http_seconds_bucket`, a classic histogram's, is of
// `http_seconds`.  Names of other types, or without such an ending, are whole.
std::string_view MetricFamily(std::string_view series_name, tsdb::MetricType type);

}  // namespace tidemark::server
