// MetadataWithoutSeries: metadata whose metrics have gone, and which are to go with
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/head/tenants.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// `metric` has just lost series.  Of the names that its metadata may stand under,
// "latency" for "latency_bucket" too, those that have metadata and of whose
// metrics none has a series.
//
// Threads: while no commit is under way (ActiveCommits::Pause).
//   kDataLoss  the catalog cannot be read
StatusOr<std::vector<std::string>> MetadataWithoutSeries(const Store& store,
                                                         const HeadTenant& tenant,
                                                         std::string_view metric);

}  // namespace tidemark::tsdb
