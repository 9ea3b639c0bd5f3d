#include "tsdb/query/find_series.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "tsdb/store/series_keys.h"

namespace tidemark::tsdb {
namespace {

// How often series may leave the memory while we look, before we stop telling
// them from those that stay.
constexpr int kTries = 3;
// So many ids between two wanted ones are read over rather than sought.
constexpr uint32_t kNear = 16;
constexpr size_t kSeriesPerCheck = 1024;

bool MatchesAll(std::span<const Matcher> matchers, const Labels& labels) {
  return std::all_of(matchers.begin(), matchers.end(),
                     [&labels](const Matcher& m) { return m.Matches(labels.Get(m.name())); });
}

// Reads records of the catalog, by ascending ids.
class CatalogReader {
 public:
  CatalogReader(const Store& store, const SeriesQuery& query)
      : query_(query), it_(store.NewIterator(Family::kCatalog)) {}

  Status Read(uint32_t ordinal, const Roaring& counters, std::vector<IndexedSeries>& out) {
    uint32_t before = 0;
    for (const uint32_t counter : counters) {
      if (query_.cancellation != nullptr && ++read_ % kSeriesPerCheck == 0) {
        RETURN_IF_ERROR(query_.cancellation->Check());
      }
      const SeriesId id = SeriesIdOf(ordinal, counter);
      Move(SeriesKey(query_.tenant.id, id), counter - before <= kNear);
      RETURN_IF_ERROR(it_->status());
      before = counter;
      if (!found_) continue;  // forgotten: retention has dropped its samples
      ASSIGN_OR_RETURN(Labels labels, Labels::FromPacked(it_->value()));
      if (MatchesAll(query_.matchers, labels)) out.push_back({std::move(labels), id});
    }
    return OkStatus();
  }

 private:
  void Move(const std::string& key, bool near) {
    while (near && it_->Valid() && it_->key() < key) it_->Next();
    if (!near || !it_->Valid() || it_->key() > key) it_->Seek(key);
    found_ = it_->Valid() && it_->key() == key;
  }

  const SeriesQuery& query_;
  const std::unique_ptr<StoreIterator> it_;
  bool found_ = false;
  size_t read_ = 0;
};

// Of `ids`, those that the matchers find, and, if `absent_only`, that are not in
// memory.
StatusOr<std::vector<IndexedSeries>> ReadStored(const Store& store, const SeriesQuery& query,
                                                const SeriesByMetric& ids, bool absent_only) {
  std::vector<IndexedSeries> out;
  CatalogReader reader(store, query);
  for (const auto& [ordinal, counters] : ids) {
    const Roaring wanted = absent_only ? query.tenant.index.Missing(ordinal, counters) : counters;
    RETURN_IF_ERROR(reader.Read(ordinal, wanted, out));
  }
  return out;
}

void SortOnce(std::vector<IndexedSeries>& series, bool by_id) {
  const auto lower_id = [](const IndexedSeries& a, const IndexedSeries& b) { return a.id < b.id; };
  if (!by_id) {
    std::sort(series.begin(), series.end(),
              [](const IndexedSeries& a, const IndexedSeries& b) { return a.labels < b.labels; });
  } else if (!std::is_sorted(series.begin(), series.end(), lower_id)) {
    std::sort(series.begin(), series.end(), lower_id);
  }
  const auto same = [](const IndexedSeries& a, const IndexedSeries& b) { return a.id == b.id; };
  series.erase(std::unique(series.begin(), series.end(), same), series.end());
}

}  // namespace

// A series that leaves the memory between the two looks would be in neither; one
// that comes back is in both.
StatusOr<std::vector<IndexedSeries>> FindSeries(const Store& store, const SeriesQuery& query,
                                                const StoredIds& stored) {
  const SeriesIndex& index = query.tenant.index;
  for (int i = 1;; ++i) {
    const uint64_t removals = index.removals();
    ASSIGN_OR_RETURN(const SeriesByMetric ids, stored());
    ASSIGN_OR_RETURN(std::vector<IndexedSeries> out, ReadStored(store, query, ids, i < kTries));
    ASSIGN_OR_RETURN(std::vector<IndexedSeries> resident,
                     index.Select(query.matchers, query.cancellation));
    if (i < kTries && index.removals() != removals) continue;
    std::move(resident.begin(), resident.end(), std::back_inserter(out));
    if (query.cancellation != nullptr) RETURN_IF_ERROR(query.cancellation->Check());
    SortOnce(out, query.any_order);
    return out;
  }
}

StatusOr<std::vector<IndexedSeries>> FindSeries(const Store& store, const Presence& presence,
                                                const PartitionSet& partitions,
                                                const SeriesQuery& query) {
  const auto stored = [&]() -> StatusOr<SeriesByMetric> {
    SeriesByMetric out;
    const HeadTenant& tenant = query.tenant;
    const int64_t until = std::min(query.maxt, tenant.absent_until.load());
    if (query.mint > until) return out;
    const std::vector<uint32_t> metrics = tenant.MetricsMatching(query.matchers);
    const auto all = partitions.Get();
    auto partition = std::lower_bound(all->begin(), all->end(), PartitionOf(query.mint));
    for (; partition != all->end() && *partition <= PartitionOf(until); ++partition) {
      ASSIGN_OR_RETURN(const auto ids, presence.Get(*partition, tenant.id));
      for (const uint32_t ordinal : metrics) {
        const auto found = ids->find(ordinal);
        if (found != ids->end()) out[ordinal] |= found->second;
      }
    }
    return out;
  };
  return FindSeries(store, query, stored);
}

}  // namespace tidemark::tsdb
