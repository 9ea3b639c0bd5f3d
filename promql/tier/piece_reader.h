// PieceReader: what the pieces of a TierPlan hold, series by series.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "promql/tier/tier_plan.h"
#include "tsdb/storage.h"

namespace tidemark::promql {

// Pieces are asked for in their order, each until it has nothing more; those that
// are not asked for are passed over.
//
// Threads: one.  Ownership: borrows the set, and each series' plan.
class PieceReader {
 public:
  explicit PieceReader(const tsdb::SeriesSet& set) : set_(set) {}

  void StartSeries(size_t series, const TierPlan& plan);

  // The next aggregate of a piece of a tier; null at the end.  Valid until the
  // next call.
  const tsdb::Agg* NextAgg(const TierPiece& piece);

  // The next samples of a raw piece; none at the end.  Valid until the next call.
  tsdb::SampleRun NextRun(const TierPiece& piece);

  // What could not be read of the series, which then has less than there is.
  Status status() const;

  // Read since the last StartSeries.
  uint64_t samples() const { return samples_; }
  uint64_t aggs() const { return aggs_; }

 private:
  // The aggregates of one tier.
  struct TierCursor {
    const std::vector<tsdb::TierSpan>* reads = nullptr;
    size_t next_read = 0;
    std::unique_ptr<tsdb::AggIterator> it;
    bool has = false;    // `it` is at an aggregate
    bool given = false;  // which was given already
    Status status;

    void Start(const std::vector<tsdb::TierSpan>& of_plan);
    bool Advance();
    void OpenFor(const tsdb::TierReader& tiers, size_t series, tsdb::Tier tier, int64_t from);
  };

  bool NextRunFromStorage(int64_t after);

  const tsdb::SeriesSet& set_;
  size_t series_ = 0;
  TierCursor hours_;
  TierCursor days_;
  std::unique_ptr<tsdb::SampleIterator> raw_;  // null until it is needed
  size_t raw_next_ = 0;                        // the first sample of its run not given yet
  size_t raw_size_ = 0;
  int64_t raw_until_ = 0;  // time of the newest sample in a run so far
  bool raw_ended_ = false;
  uint64_t samples_ = 0;
  uint64_t aggs_ = 0;
};

}  // namespace tidemark::promql
