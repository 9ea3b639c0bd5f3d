// Rebuilder: puts what was salvaged into a new database, and leaves out what
// makes no sense there.
//
// Families in this order: catalog, meta, journal, raw, tiers; a key may come again.  All
// that Tidemark stores bears that: a series' labels never change, marks only
// grow, blocks are unions of runs that carry their order.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "tsdb/base/status.h"
#include "tsdb/store/journal_record.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {

// Threads: one.  The store must outlive it.
class Rebuilder {
 public:
  explicit Rebuilder(Store& store);

  // What is not as docs/formats.md says is left out, and named in losses().
  void TakeCatalog(std::string_view key, std::string_view value);
  void TakeMeta(std::string_view key, std::string_view value);
  void TakeJournal(std::string_view key, std::string_view value);
  void TakeRaw(std::string_view key, std::string_view value);
  // Aggregates are made anew of all days that have samples; those of other days are
  // all that is left of them.
  void TakeTiers(std::string_view key, std::string_view value);

  // After the last key of each family.
  Status FinishCatalog();
  Status FinishMeta();
  Status FinishJournal();
  Status FinishRaw();
  Status FinishTiers();

  const std::vector<std::string>& losses() const { return losses_; }
  // Samples in records and blocks whose series are not known any more.
  uint64_t lost_samples() const { return lost_samples_; }
  uint64_t lost_series() const { return lost_series_; }

 private:
  void Lose(std::string what) { losses_.push_back(std::move(what)); }
  // Writes what is staged when it is much.
  void Staged(bool all = false);
  void KeepNewest(std::string_view key, std::string_view value);
  // Takes out samples of unknown series; false when none is left of many.
  std::string WithoutUnknown(uint64_t sequence, const JournalRecord& record);
  std::string ReadableRuns(const RawKey& key, std::string_view list);
  std::string Unite(const std::string& stored, const std::string& salvaged) const;
  std::string Name(const RawKey& key) const;

  Store& store_;
  std::unique_ptr<WriteBatch> batch_;
  WriteMode mode_ = WriteMode::kNoSync;
  Status status_;  // of the first write that failed

  std::map<TenantId, std::string> tenants_;
  absl::flat_hash_set<std::pair<TenantId, SeriesId>> series_;
  std::map<std::string, std::string, std::less<>> marks_;
  uint64_t first_sequence_ = 1;
  std::set<uint64_t> sequences_;
  uint64_t next_sequence_ = 1;
  uint64_t durable_ = 1;        // every record below it was written once
  uint64_t newest_sealed_ = 0;  // the last record that a run holds

  std::vector<std::string> losses_;
  uint64_t lost_samples_ = 0;
  uint64_t lost_series_ = 0;
};

}  // namespace tidemark::tsdb
