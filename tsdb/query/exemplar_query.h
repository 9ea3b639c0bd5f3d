// FindExemplars: the stored exemplars of the series that match.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tsdb/head/tenants.h"
#include "tsdb/storage.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// As Storage::Exemplars.
StatusOr<std::vector<SeriesExemplars>> FindExemplars(const Store& store, const HeadTenant& tenant,
                                                     std::span<const Matcher> matchers,
                                                     int64_t mint, int64_t maxt);

}  // namespace tidemark::tsdb
