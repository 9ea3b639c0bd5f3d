// FindJournaledSeries: which series the journal names: those that were active
// when the process ended, which a start brings back into memory.
#pragma once

#include <map>

#include "tsdb/base/status.h"
#include "tsdb/index/presence.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

//   kDataLoss  a record is damaged
StatusOr<std::map<TenantId, SeriesByMetric>> FindJournaledSeries(const Store& store);

}  // namespace tidemark::tsdb
