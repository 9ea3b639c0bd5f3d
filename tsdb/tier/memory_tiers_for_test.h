// MemoryTiers: a Queryable whose series have hour and day tiers made on the spot
// from another one's samples, for the tests of what reads tiers; what is dirty and
// what of the samples is gone is as the test says.
//
//   MemoryTiers tiered(storage, {.exact_until = kNow, .raw_gone_until = kNow - kDay});
//   Engine engine(tiered, …);
#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/model/time_intervals.h"
#include "tsdb/query/cut_iterator.h"
#include "tsdb/storage.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::tsdb {

struct MemoryTiersOptions {
  int64_t exact_until = std::numeric_limits<int64_t>::max();  // no later window is exact
  std::vector<TierSpan> dirty;                                // by `from`; any times
  // Samples are given only after this time; tiers are made of all of them.
  int64_t raw_gone_until = std::numeric_limits<int64_t>::min();
};

// Aggs that are made already, by the ends of their windows.
class MadeAggs : public AggIterator {
 public:
  using Map = std::map<int64_t, Agg>;
  MadeAggs(Map aggs, Status status) : aggs_(std::move(aggs)), status_(std::move(status)) {}

  bool Next() override {
    if (!status_.ok()) return false;
    at_ = started_ ? std::next(at_) : aggs_.begin();
    started_ = true;
    return at_ != aggs_.end();
  }
  int64_t end() const override { return at_->first; }
  const Agg& agg() const override { return at_->second; }
  Status status() const override { return status_; }

  // Of the samples in (span.from, span.to].
  static Status Make(SampleIterator& it, Tier tier, TierSpan span, Map& aggs) {
    while (it.Next()) {
      const SampleRun& run = it.run();
      for (size_t i = 0; i < run.size(); ++i) {
        if (run.t[i] <= span.from || run.t[i] > span.to) continue;
        aggs[TierWindowEnd(tier, run.t[i])].Add(run.Part(i, 1));
      }
    }
    return it.status();
  }

 private:
  const Map aggs_;
  const Status status_;
  Map::const_iterator at_;
  bool started_ = false;
};

class MemoryTiersSet : public SeriesSet, private TierReader {
 public:
  // `all` has the samples of all time, of the series of `raw` at least.
  MemoryTiersSet(std::unique_ptr<SeriesSet> raw, std::shared_ptr<const SeriesSet> all,
                 const MemoryTiersOptions& options)
      : raw_(std::move(raw)), all_(std::move(all)), options_(options) {
    std::map<std::string, size_t> numbers;
    for (size_t i = 0; i < all_->size(); ++i) numbers[all_->labels(i).packed()] = i;
    for (size_t i = 0; i < raw_->size(); ++i)
      in_all_.push_back(numbers.at(raw_->labels(i).packed()));
  }

  size_t size() const override { return raw_->size(); }
  const Labels& labels(size_t i) const override { return raw_->labels(i); }
  std::unique_ptr<SampleIterator> Samples(size_t i) const override {
    TimeIntervals gone;
    if (options_.raw_gone_until > std::numeric_limits<int64_t>::min()) {
      gone.Add({std::numeric_limits<int64_t>::min(), options_.raw_gone_until});
    }
    return std::make_unique<CutIterator>(raw_->Samples(i), gone);
  }
  const TierReader* tiers() const override { return this; }

 private:
  StatusOr<TierCoverage> Coverage(size_t, Tier tier, int64_t from, int64_t to) const override {
    const TierSpan whole = WholeWindows(tier, from, std::min(to, options_.exact_until));
    return TierCoverage{WithoutWindows(tier, whole, options_.dirty), options_.raw_gone_until};
  }
  std::unique_ptr<AggIterator> Aggs(size_t series, Tier tier, int64_t from,
                                    int64_t to) const override {
    MadeAggs::Map aggs;
    const auto samples = all_->Samples(in_all_[series]);
    const Status status = MadeAggs::Make(*samples, tier, WholeWindows(tier, from, to), aggs);
    return std::make_unique<MadeAggs>(std::move(aggs), status);
  }

  const std::unique_ptr<SeriesSet> raw_;
  const std::shared_ptr<const SeriesSet> all_;
  const MemoryTiersOptions options_;
  std::vector<size_t> in_all_;
};

class MemoryTiersQuerier : public Querier {
 public:
  MemoryTiersQuerier(std::unique_ptr<Querier> raw, std::unique_ptr<Querier> all,
                     const MemoryTiersOptions& options)
      : raw_(std::move(raw)), all_(std::move(all)), options_(options) {}

  StatusOr<std::unique_ptr<SeriesSet>> Select(std::span<const Matcher> matchers,
                                              const SelectHints& hints) const override {
    ASSIGN_OR_RETURN(auto raw, raw_->Select(matchers, hints));
    ASSIGN_OR_RETURN(auto all, all_->Select(matchers, {}));
    return std::make_unique<MemoryTiersSet>(std::move(raw), std::move(all), options_);
  }
  StatusOr<std::vector<std::string>> LabelNames(std::span<const Matcher> matchers,
                                                size_t limit) const override {
    return raw_->LabelNames(matchers, limit);
  }
  StatusOr<std::vector<std::string>> LabelValues(std::string_view name,
                                                 std::span<const Matcher> matchers,
                                                 size_t limit) const override {
    return raw_->LabelValues(name, matchers, limit);
  }

 private:
  const std::unique_ptr<Querier> raw_;
  const std::unique_ptr<Querier> all_;
  const MemoryTiersOptions options_;
};

class MemoryTiers : public Queryable {
 public:
  // `samples` must outlive it.
  explicit MemoryTiers(const Queryable& samples, MemoryTiersOptions options = {})
      : samples_(samples), options_(std::move(options)) {}

  StatusOr<std::unique_ptr<Querier>> NewQuerier(std::string_view tenant, int64_t mint,
                                                int64_t maxt) const override {
    ASSIGN_OR_RETURN(auto raw, samples_.NewQuerier(tenant, mint, maxt));
    ASSIGN_OR_RETURN(auto all, samples_.NewQuerier(tenant, std::numeric_limits<int64_t>::min(),
                                                   std::numeric_limits<int64_t>::max()));
    return std::make_unique<MemoryTiersQuerier>(std::move(raw), std::move(all), options_);
  }

 private:
  const Queryable& samples_;
  const MemoryTiersOptions options_;
};

}  // namespace tidemark::tsdb
