// FindSeries: the series that match, whether they are in memory or not.
//
// Those in memory are found by the index.  Where the range reaches back to when
// others had samples, the ids of these come from Presence, for the metrics that
// the matchers allow, and their labels from the catalog.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "tsdb/base/cancellation.h"
#include "tsdb/base/status.h"
#include "tsdb/block/partitions.h"
#include "tsdb/head/tenants.h"
#include "tsdb/index/presence.h"
#include "tsdb/index/series.h"
#include "tsdb/model/matcher.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// What to look for.  All of it outlives the call.
struct SeriesQuery {
  const HeadTenant& tenant;
  std::span<const Matcher> matchers;
  int64_t mint;  // both inclusive
  int64_t maxt;
  const Cancellation* cancellation = nullptr;
  bool any_order = false;  // by id, not by labels
};

// In label order (or by id), each once.  All that have samples in the range; some may have
// none.
StatusOr<std::vector<IndexedSeries>> FindSeries(const Store& store, const Presence& presence,
                                                const PartitionSet& partitions,
                                                const SeriesQuery& query);

// The same, where `stored` gives the ids of series that may not be in memory.
// It may be asked more than once, as series leave the memory meanwhile.
using StoredIds = std::function<StatusOr<SeriesByMetric>()>;
StatusOr<std::vector<IndexedSeries>> FindSeries(const Store& store, const SeriesQuery& query,
                                                const StoredIds& stored);

}  // namespace tidemark::tsdb
