#include "tsdb/head/journaled_series.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/base/parallel.h"
#include "tsdb/head/trim_mark.h"
#include "tsdb/store/journal_record.h"
#include "tsdb/store/series_keys.h"

namespace tidemark::tsdb {
namespace {

using SeriesByTenant = std::map<TenantId, SeriesByMetric>;

constexpr size_t kMaxThreads = 8;
// Of encoded records that are in memory at once.
constexpr size_t kBatchBytes = 4 << 20;

struct Record {
  uint64_t sequence = 0;
  std::string bytes;
};

// What one thread found.
struct Part {
  SeriesByTenant series;
  Status status;

  Status Add(const Record& record) {
    ASSIGN_OR_RETURN(const JournalRecord decoded,
                     DecodeJournalRecord(record.sequence, record.bytes));
    SeriesByMetric& found = series[decoded.tenant];
    for (const auto& sample : decoded.floats) AddTo(found, sample.series);
    for (const auto& sample : decoded.histograms) AddTo(found, sample.series);
    for (const SeriesId id : decoded.deleted.series) AddTo(found, id);
    return OkStatus();
  }
  static void AddTo(SeriesByMetric& found, SeriesId id) { found[OrdinalOf(id)].add(CounterOf(id)); }
};

Status ReadBatch(StoreIterator& it, std::vector<Record>& batch) {
  batch.clear();
  for (size_t bytes = 0; it.Valid() && bytes < kBatchBytes; it.Next()) {
    Record& record = batch.emplace_back();
    if (!DecodeJournalKey(it.key(), record.sequence)) {
      return DataLoss("a key of the journal is damaged");
    }
    record.bytes = it.value();
    bytes += record.bytes.size();
  }
  return it.status();
}

}  // namespace

StatusOr<SeriesByTenant> FindJournaledSeries(const Store& store) {
  std::vector<Part> parts(UsefulThreads(kMaxThreads));
  std::vector<Record> batch;
  ASSIGN_OR_RETURN(const uint64_t first, ReadTrimMark(store));
  const std::unique_ptr<StoreIterator> it = store.NewIterator(Family::kJournal);
  for (it->Seek(JournalKey(first)); it->Valid();) {
    RETURN_IF_ERROR(ReadBatch(*it, batch));
    RunOnThreads(parts.size(), [&parts, &batch](size_t thread) {
      Part& part = parts[thread];
      for (size_t i = thread; i < batch.size() && part.status.ok(); i += parts.size()) {
        part.status = part.Add(batch[i]);
      }
    });
  }
  RETURN_IF_ERROR(it->status());
  SeriesByTenant out;
  for (const Part& part : parts) {
    RETURN_IF_ERROR(part.status);
    for (const auto& [tenant, metrics] : part.series) {
      for (const auto& [ordinal, counters] : metrics) out[tenant][ordinal] |= counters;
    }
  }
  return out;
}

}  // namespace tidemark::tsdb
