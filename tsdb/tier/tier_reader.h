// TierReader: the window aggregates (tsdb/agg/agg.h) that a storage keeps of the
// series of a SeriesSet, hour by hour and day by day.
//
//   const TierReader* tiers = set->tiers();  // null: only samples
//   ASSIGN_OR_RETURN(TierCoverage covered, tiers->Coverage(i, Tier::kHour, from, to));
//   for (const TierSpan& span : covered.exact) {
//     auto it = tiers->Aggs(i, Tier::kHour, span.from, span.to);
//     while (it->Next()) window.Combine(it->agg());  // of (it->end() - 1 h, it->end()]
//     RETURN_IF_ERROR(it->status());
//   }
//
// A window of a tier is aligned in UTC and left-open, as PromQL's are: the hour
// (h - 1 h, h], the day (d - 1 d, d]; it is named by its end.  All times are in
// milliseconds since the Unix epoch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "tsdb/agg/agg.h"
#include "tsdb/base/status.h"

namespace tidemark::tsdb {

enum class Tier : uint8_t {
  kHour = 1,
  kDay = 2,
};

// How long a window of the tier is.
constexpr int64_t TierWindowMs(Tier tier) {
  return tier == Tier::kHour ? int64_t{3'600'000} : int64_t{86'400'000};
}

// The end of the window that holds `t`: `t` itself at a border.  Beyond the last
// border that int64 has, and before the first, the largest and smallest one.
int64_t TierWindowEnd(Tier tier, int64_t t);

// The times (from, to]: left-open.
struct TierSpan {
  int64_t from = 0;
  int64_t to = 0;
  bool operator==(const TierSpan&) const = default;
};

// The windows that lie whole within (from, to], as one span; {0, 0}: none does.
TierSpan WholeWindows(Tier tier, int64_t from, int64_t to);

// The windows of `whole`, which begins and ends at borders, that none of `spans`
// touches; `spans` ascend by `from`, may overlap and may begin and end anywhere.
// Ascending, apart.
std::vector<TierSpan> WithoutWindows(Tier tier, TierSpan whole, std::span<const TierSpan> spans);

// What a tier can say of one series between two times, and what samples still can.
struct TierCoverage {
  // Whole windows whose Aggs are exactly what the samples acknowledged up to now
  // come down to: made, not dirty, and nothing of them waits to be sealed.  A
  // window without samples is covered too.  Ascending, apart.
  std::vector<TierSpan> exact;
  // Samples at or before this time may be gone: only tiers tell what was there.
  // The smallest number: all that ever was is there.
  int64_t raw_gone_until = std::numeric_limits<int64_t>::min();
};

// The Aggs of one series in the order of time.  Windows without a sample and
// without a stale marker are left out.
//
// Threads: one.
class AggIterator {
 public:
  virtual ~AggIterator() = default;

  // Moves to the next window; false at the end and after an error.
  virtual bool Next() = 0;
  // Of the window: it is (end - TierWindowMs, end].
  virtual int64_t end() const = 0;
  // Valid until the next call of Next.
  virtual const Agg& agg() const = 0;
  // OK; kDataLoss when something stored could not be read.
  virtual Status status() const = 0;
};

// Threads: any.  Ownership: belongs to the SeriesSet, whose numbers of series its
// functions take, and must not outlive it.
class TierReader {
 public:
  virtual ~TierReader() = default;

  // Of the windows that lie whole within (from, to].
  //   kDataLoss  something stored could not be read
  virtual StatusOr<TierCoverage> Coverage(size_t series, Tier tier, int64_t from,
                                          int64_t to) const = 0;

  // Of the windows that lie whole within (from, to], whether Coverage calls them
  // exact or not: what is stored of them.
  virtual std::unique_ptr<AggIterator> Aggs(size_t series, Tier tier, int64_t from,
                                            int64_t to) const = 0;
};

}  // namespace tidemark::tsdb
