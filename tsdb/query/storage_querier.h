// StorageQuerier: the Querier over head and raw.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/block/dirty_days.h"
#include "tsdb/block/partitions.h"
#include "tsdb/block/retention.h"
#include "tsdb/head/head.h"
#include "tsdb/index/presence.h"
#include "tsdb/storage.h"
#include "tsdb/store/store.h"
#include "tsdb/tier/rollup.h"
#include "tsdb/tier/tier_retention.h"

namespace tidemark::tsdb {

// Where queries read from; all of it outlives them.
struct QuerySources {
  const Head& head;
  const Store& store;
  const PartitionSet& partitions;  // with samples
  const PartitionSet& days;        // with samples or aggregates
  const RawRetention& retention;
  const TierRetention& tier_retention;
  const Presence& presence;
  const DirtyDays& dirty;
  const Rollup& rollup;
};

// Threads: any.
class StorageQuerier : public Querier {
 public:
  // `tenant` may be null: it has no series.
  StorageQuerier(const QuerySources& sources, const HeadTenant* tenant, int64_t mint, int64_t maxt)
      : sources_(sources), tenant_(tenant), mint_(mint), maxt_(maxt) {}

  StatusOr<std::unique_ptr<SeriesSet>> Select(std::span<const Matcher> matchers,
                                              const SelectHints& hints) const override;
  StatusOr<std::vector<std::string>> LabelNames(std::span<const Matcher> matchers,
                                                size_t limit) const override;
  StatusOr<std::vector<std::string>> LabelValues(std::string_view name,
                                                 std::span<const Matcher> matchers,
                                                 size_t limit) const override;

 private:
  // Those of the tenant, which is there.
  StatusOr<std::vector<IndexedSeries>> Find(std::span<const Matcher> matchers, int64_t mint,
                                            int64_t maxt, const Cancellation* cancellation,
                                            bool any_order = false) const;
  // Whether the range reaches back to series that are not in memory.
  bool ReachesAbsent() const;

  const QuerySources sources_;
  const HeadTenant* tenant_;
  const int64_t mint_;
  const int64_t maxt_;
};

}  // namespace tidemark::tsdb
