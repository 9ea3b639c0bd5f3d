// Store: Tidemark's column families in one RocksDB, under names and errors of
// our own.  No other folder includes <rocksdb/…>.
//
//   ASSIGN_OR_RETURN(auto store, Store::Open(options));
//   std::unique_ptr<WriteBatch> batch = store->NewBatch();
//   batch->Put(Family::kJournal, JournalKey(17), record);
//   RETURN_IF_ERROR(store->Write(*batch, WriteMode::kSync));
//
// Families:
//   catalog  tenants and series; small, read whole at start
//   journal  one record a commit, by sequence; trimmed from the front
//   raw      sealed blocks, merged by the union of sample runs; written without
//            RocksDB's log, because the journal keeps the samples until a flush
//   meta     marks, exemplars, metadata
//   tiers    hour and day aggregates
//
// Errors of every function:
//   kDataLoss     bytes on disk that RocksDB cannot read, or not as written
//   kUnavailable  a write that did not happen: disk full, I/O error, or RocksDB
//                 asks writers to wait; nothing of the batch is visible, though
//                 a failing disk may hold it: write the same again
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tsdb/base/metrics.h"
#include "tsdb/base/status.h"

namespace tidemark::tsdb {

enum class Family { kCatalog, kJournal, kRaw, kMeta, kTiers };
inline constexpr size_t kFamilies = 5;

// What docs/formats.md describes; a database of a higher one is refused.
inline constexpr uint32_t kFormatVersion = 3;

struct StoreOptions {
  std::string path;  // of a directory; it and its parents are made
  // A quarter each for memtables and block cache.
  uint64_t memory_bytes = 2ULL << 30;
};

// How hard the database is pressed.
struct StoreLoad {
  uint64_t write_buffer_bytes = 0;
  uint64_t write_buffer_budget = 0;
  // Flushes or compactions do not keep up: writes with a log fail.
  bool stalled = false;
};

enum class WriteMode {
  kSync,        // in RocksDB's log and on the device
  kNoSync,      // in RocksDB's log; survives the process, not the machine
  kWithoutLog,  // gone with the process until Flush
};

// Changes that happen together or not at all; made by Store::NewBatch.
//
// Threads: one.  Must not outlive its Store.
class WriteBatch {
 public:
  virtual ~WriteBatch() = default;
  virtual void Put(Family family, std::string_view key, std::string_view value) = 0;
  // For kRaw: the value becomes the union of what is there and `run`.
  virtual void Merge(Family family, std::string_view key, std::string_view run) = 0;
  virtual void Delete(Family family, std::string_view key) = 0;
  virtual void Clear() = 0;
  virtual size_t size_bytes() const = 0;
};

// Keys of one family in order, as of the moment it was made.
//
//   for (it->Seek(first); it->Valid(); it->Next()) Use(it->key(), it->value());
//   RETURN_IF_ERROR(it->status());
//
// Threads: one.  Must not outlive its Store.
class StoreIterator {
 public:
  virtual ~StoreIterator() = default;
  virtual void Seek(std::string_view key) = 0;
  virtual void SeekToLast() = 0;
  // To the last key that is not after this one.
  virtual void SeekForPrev(std::string_view key) = 0;
  virtual void Next() = 0;
  virtual bool Valid() const = 0;
  // Until the next Seek or Next.
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual Status status() const = 0;
};

// Threads: all functions may be called from any thread.
class Store {
 public:
  //   kFailedPrecondition  in use by another process, made by a newer version,
  //                        or the path cannot be written
  //   kDataLoss            cannot be read; the message says what
  // `metrics` must outlive the Store.
  static StatusOr<std::unique_ptr<Store>> Open(const StoreOptions& options, Metrics& metrics);
  // Reads what is there, its log included, and changes nothing on disk; every
  // write fails.  For a database that no process has open.
  static StatusOr<std::unique_ptr<Store>> OpenReadOnly(const StoreOptions& options,
                                                       Metrics& metrics);
  virtual ~Store() = default;

  // Of what is stored: kFormatVersion, or less where the database was opened
  // read-only.
  virtual uint32_t format() const = 0;

  virtual std::unique_ptr<WriteBatch> NewBatch() const = 0;
  // The batch stays as it is, so that it can be written again.
  virtual Status Write(WriteBatch& batch, WriteMode mode) = 0;
  // After a failed Write: whether RocksDB takes writes again.
  virtual Status Resume() = 0;
  virtual StoreLoad load() const = 0;
  // Everything written with kNoSync is on the device when it returns.
  virtual Status SyncLog() = 0;
  // Everything of these families is in files, and on the device.
  virtual Status Flush(std::span<const Family> families) = 0;
  // Everything of the families that are written with a log is in files, so that
  // the log written so far is gone from the disk.
  virtual Status ReleaseLog() = 0;
  // Merges all operands and drops all that was deleted.  Long.
  virtual Status Compact(Family family) = 0;
  // The same, unless no two tables have keys in common to be merged: then it is left
  // as it is, even if some of it was deleted.
  virtual Status MergeTables(Family family) = 0;
  // Removes the keys of [begin, end) and gives their space back.  After a failure
  // some may be there.
  virtual Status Drop(Family family, std::string_view begin, std::string_view end) = 0;
  // Keys before this one are wanted no more: flushes and compactions leave them
  // out, readers see them until then.  Until the store is closed.
  virtual void DropBefore(Family family, std::string_view key) = 0;

  // A database in `folder`, which must not exist, with all that was written
  // before the call (kWithoutLog: that was flushed).  Files of blocks are links.
  virtual Status Checkpoint(const std::string& folder) = 0;

  virtual StatusOr<std::optional<std::string>> Get(Family family, std::string_view key) const = 0;
  // Over the whole family.
  virtual std::unique_ptr<StoreIterator> NewIterator(Family family) const = 0;
  // Over one series in one partition of kRaw at a time: each Seek stays within
  // what begins like its key (kRawPrefixBytes), and Valid() is false after it.
  virtual std::unique_ptr<StoreIterator> NewRawIterator() const = 0;
  // The same over one series in one period of kTiers (kTierPrefixBytes).
  virtual std::unique_ptr<StoreIterator> NewTierIterator() const = 0;
};

}  // namespace tidemark::tsdb
