// DeleteExemplars: the stored exemplars of some series and times leave with a batch.
#pragma once

#include <span>

#include "tsdb/base/status.h"
#include "tsdb/model/time_intervals.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Adds to `batch` what removes them.  `series` ascend; those without exemplars
// cost nothing.
Status DeleteExemplars(const Store& store, TenantId tenant, std::span<const SeriesId> series,
                       const TimeInterval& times, WriteBatch& batch);

}  // namespace tidemark::tsdb
