#include "tsdb/query/storage_querier.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "tsdb/block/raw_iterator.h"
#include "tsdb/query/find_series.h"
#include "tsdb/query/series_samples.h"
#include "tsdb/query/storage_tiers.h"

namespace tidemark::tsdb {
namespace {

// Of the Aggs, for what the hints say is above the selector.
TierBlockReader::Part PartFor(const SelectHints& hints) {
  const bool increase =
      hints.range_ms > 0 &&
      (hints.function == "rate" || hints.function == "increase" || hints.function == "delta");
  return increase ? TierBlockReader::Part::kIncrease : TierBlockReader::Part::kAll;
}

class StorageSeriesSet : public SeriesSet {
 public:
  StorageSeriesSet(const QuerySources& sources, const HeadTenant* tenant,
                   std::vector<IndexedSeries> series, int64_t mint, int64_t maxt,
                   const SelectHints& hints)
      : sources_(sources),
        tenant_(tenant == nullptr ? 0 : tenant->id),
        salt_(tenant == nullptr ? LabelHash() : TenantSalt(tenant->name)),
        series_(std::move(series)),
        mint_(mint),
        maxt_(maxt),
        start_times_(hints.start_times),
        cursors_(std::make_shared<RawCursors>(sources.store,
                                              [&head = sources.head] { return head.handovers(); })),
        tiers_(sources, tenant, series_, PartFor(hints)) {}

  size_t size() const override { return series_.size(); }
  const Labels& labels(size_t i) const override { return series_[i].labels; }
  const TierReader* tiers() const override { return &tiers_; }

  std::unique_ptr<SampleIterator> Samples(size_t i) const override {
    const IndexedSeries& series = series_[i];
    // The head before raw: a seal in between leaves a sample in both, not in none.
    const LabelHash hash = HashLabels(series.labels.packed(), salt_);
    const auto pieces = sources_.head.Snapshot(hash, mint_, maxt_);
    auto raw = std::make_unique<RawIterator>(cursors_, sources_.partitions.Get(), tenant_,
                                             series.id, mint_, maxt_, start_times_);
    return HeadOverRaw(pieces, std::move(raw), mint_, maxt_, start_times_);
  }

 private:
  const QuerySources sources_;
  const TenantId tenant_;
  const LabelHash salt_;
  const std::vector<IndexedSeries> series_;
  const int64_t mint_;
  const int64_t maxt_;
  const bool start_times_;
  const std::shared_ptr<RawCursors> cursors_;
  const StorageTiers tiers_;  // of series_
};

// At most `limit`; 0: all.
std::vector<std::string> Limited(const std::set<std::string, std::less<>>& all, size_t limit) {
  std::vector<std::string> out(all.begin(), all.end());
  if (limit != 0 && out.size() > limit) out.resize(limit);
  return out;
}

bool ExcludesEmpty(const Matcher& matcher) { return !matcher.MatchesEmpty(); }

}  // namespace

StatusOr<std::vector<IndexedSeries>> StorageQuerier::Find(std::span<const Matcher> matchers,
                                                          int64_t mint, int64_t maxt,
                                                          const Cancellation* cancellation,
                                                          bool any_order) const {
  return FindSeries(sources_.store, sources_.presence, sources_.days,
                    {*tenant_, matchers, mint, maxt, cancellation, any_order});
}

bool StorageQuerier::ReachesAbsent() const {
  return tenant_->has_absent.load() && mint_ <= tenant_->absent_until.load();
}

StatusOr<std::unique_ptr<SeriesSet>> StorageQuerier::Select(std::span<const Matcher> matchers,
                                                            const SelectHints& hints) const {
  if (std::none_of(matchers.begin(), matchers.end(), ExcludesEmpty)) {
    return InvalidArgument("a selector must contain a matcher that does not match the empty value");
  }
  const int64_t oldest = tenant_ == nullptr ? mint_ : sources_.retention.mark(tenant_->name);
  // Series of which only aggregates are left are among those that are found.
  const int64_t found_from =
      std::max({mint_, hints.start, std::min(oldest, sources_.tier_retention.oldest())});
  const int64_t mint = std::max(found_from, oldest);
  const int64_t maxt = std::min(maxt_, hints.end);
  std::vector<IndexedSeries> series;
  if (tenant_ != nullptr) {
    ASSIGN_OR_RETURN(series, Find(matchers, found_from, maxt, hints.cancellation, hints.any_order));
  }
  if (hints.limit != 0 && series.size() > hints.limit) series.resize(hints.limit);
  return std::unique_ptr<SeriesSet>(
      std::make_unique<StorageSeriesSet>(sources_, tenant_, std::move(series), mint, maxt, hints));
}

StatusOr<std::vector<std::string>> StorageQuerier::LabelNames(std::span<const Matcher> matchers,
                                                              size_t limit) const {
  if (tenant_ == nullptr) return std::vector<std::string>();
  if (!ReachesAbsent()) return tenant_->index.LabelNames(matchers, limit);
  ASSIGN_OR_RETURN(const auto series, Find(matchers, mint_, maxt_, nullptr));
  std::set<std::string, std::less<>> names;
  for (const IndexedSeries& one : series) {
    for (const LabelView label : one.labels) {
      if (names.find(label.name) == names.end()) names.emplace(label.name);
    }
  }
  return Limited(names, limit);
}

StatusOr<std::vector<std::string>> StorageQuerier::LabelValues(std::string_view name,
                                                               std::span<const Matcher> matchers,
                                                               size_t limit) const {
  if (tenant_ == nullptr) return std::vector<std::string>();
  if (!ReachesAbsent()) return tenant_->index.LabelValues(name, matchers, limit);
  ASSIGN_OR_RETURN(const auto series, Find(matchers, mint_, maxt_, nullptr));
  std::set<std::string, std::less<>> values;
  for (const IndexedSeries& one : series) {
    const std::string_view value = one.labels.Get(name);
    if (!value.empty() && values.find(value) == values.end()) values.emplace(value);
  }
  return Limited(values, limit);
}

}  // namespace tidemark::tsdb
