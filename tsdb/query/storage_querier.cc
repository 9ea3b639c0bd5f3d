#include "tsdb/query/storage_querier.h"

#include <algorithm>
#include <utility>

#include "tsdb/block/raw_iterator.h"
#include "tsdb/query/series_samples.h"

namespace tidemark::tsdb {
namespace {

class StorageSeriesSet : public SeriesSet {
 public:
  StorageSeriesSet(const QuerySources& sources, const HeadTenant* tenant,
                   std::vector<IndexedSeries> series, int64_t mint, int64_t maxt)
      : sources_(sources),
        tenant_(tenant == nullptr ? 0 : tenant->id),
        salt_(tenant == nullptr ? LabelHash() : TenantSalt(tenant->name)),
        series_(std::move(series)),
        mint_(mint),
        maxt_(maxt) {}

  size_t size() const override { return series_.size(); }
  const Labels& labels(size_t i) const override { return series_[i].labels; }

  std::unique_ptr<SampleIterator> Samples(size_t i) const override {
    const IndexedSeries& series = series_[i];
    // The head before raw: a seal in between leaves a sample in both, not in none.
    const LabelHash hash = HashLabels(series.labels.packed(), salt_);
    const auto pieces = sources_.head.Snapshot(hash, mint_, maxt_);
    auto raw = std::make_unique<RawIterator>(sources_.store, sources_.partitions.Get(), tenant_,
                                             series.id, mint_, maxt_);
    return HeadOverRaw(pieces, std::move(raw), mint_, maxt_);
  }

 private:
  const QuerySources sources_;
  const TenantId tenant_;
  const LabelHash salt_;
  const std::vector<IndexedSeries> series_;
  const int64_t mint_;
  const int64_t maxt_;
};

bool ExcludesEmpty(const Matcher& matcher) { return !matcher.MatchesEmpty(); }

}  // namespace

StatusOr<std::unique_ptr<SeriesSet>> StorageQuerier::Select(std::span<const Matcher> matchers,
                                                            const SelectHints& hints) const {
  if (std::none_of(matchers.begin(), matchers.end(), ExcludesEmpty)) {
    return InvalidArgument("a selector must contain a matcher that does not match the empty value");
  }
  std::vector<IndexedSeries> series;
  if (tenant_ != nullptr) {
    ASSIGN_OR_RETURN(series, tenant_->index.Select(matchers, hints.cancellation));
  }
  if (hints.cancellation != nullptr) RETURN_IF_ERROR(hints.cancellation->Check());
  std::sort(series.begin(), series.end(),
            [](const IndexedSeries& a, const IndexedSeries& b) { return a.labels < b.labels; });
  if (hints.limit != 0 && series.size() > hints.limit) series.resize(hints.limit);
  const int64_t oldest = tenant_ == nullptr ? mint_ : sources_.retention.mark(tenant_->name);
  const int64_t mint = std::max({mint_, hints.start, oldest});
  const int64_t maxt = std::min(maxt_, hints.end);
  return std::unique_ptr<SeriesSet>(
      std::make_unique<StorageSeriesSet>(sources_, tenant_, std::move(series), mint, maxt));
}

StatusOr<std::vector<std::string>> StorageQuerier::LabelNames(std::span<const Matcher> matchers,
                                                              size_t limit) const {
  if (tenant_ == nullptr) return std::vector<std::string>();
  return tenant_->index.LabelNames(matchers, limit);
}

StatusOr<std::vector<std::string>> StorageQuerier::LabelValues(std::string_view name,
                                                               std::span<const Matcher> matchers,
                                                               size_t limit) const {
  if (tenant_ == nullptr) return std::vector<std::string>();
  return tenant_->index.LabelValues(name, matchers, limit);
}

}  // namespace tidemark::tsdb
