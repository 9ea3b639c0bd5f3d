// What the head tells about itself.
#pragma once

#include <memory>
#include <vector>

#include "tsdb/base/metrics.h"
#include "tsdb/head/head.h"
#include "tsdb/storage.h"

namespace tidemark::tsdb {

// Of tenants that have series, by id.  Walks over all series with unsealed
// samples.
std::vector<TenantStats> HeadStats(const Head& head);

// Keeps the head alive as long as the registry.
void AddHeadGauges(const std::shared_ptr<const Head>& head, Metrics& metrics);

}  // namespace tidemark::tsdb
