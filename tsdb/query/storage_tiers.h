// StorageTiers: the TierReader over family tiers.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "tsdb/block/raw_cursors.h"
#include "tsdb/index/series.h"
#include "tsdb/query/storage_querier.h"
#include "tsdb/tier/tier_block.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::tsdb {

// What is exact is asked in this order: what is unsealed, what is dirty, and then the
// tiers are read.  A sample on its way is in at least one of the three.
//
// Threads: any.
class StorageTiers : public TierReader {
 public:
  // `series` outlives it.  `part`: what of the Aggs is wanted.
  StorageTiers(const QuerySources& sources, const HeadTenant* tenant,
               std::span<const IndexedSeries> series, TierBlockReader::Part part);

  StatusOr<TierCoverage> Coverage(size_t series, Tier tier, int64_t from,
                                  int64_t to) const override;
  std::unique_ptr<AggIterator> Aggs(size_t series, Tier tier, int64_t from,
                                    int64_t to) const override;

 private:
  // The windows that retention leaves of those within (from, to].
  TierSpan Kept(Tier tier, int64_t from, int64_t to) const;

  const QuerySources sources_;
  const HeadTenant* const tenant_;  // null: there are no series
  const LabelHash salt_;
  const std::span<const IndexedSeries> series_;
  const TierBlockReader::Part part_;
  const std::shared_ptr<RawCursors> cursors_;
};

}  // namespace tidemark::tsdb
