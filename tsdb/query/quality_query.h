// Storage::Quality over family tiers.
#pragma once

#include <span>

#include "tsdb/base/cancellation.h"
#include "tsdb/model/matcher.h"
#include "tsdb/model/time_intervals.h"
#include "tsdb/query/storage_querier.h"
#include "tsdb/storage.h"

namespace tidemark::tsdb {

StatusOr<QualityReport> FindQuality(const QuerySources& sources, const HeadTenant& tenant,
                                    std::span<const Matcher> matchers, const TimeInterval& times,
                                    const Cancellation* cancellation);

}  // namespace tidemark::tsdb
