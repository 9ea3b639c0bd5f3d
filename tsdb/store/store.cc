#include "tsdb/store/store.h"

#include <fmt/format.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <limits>
#include <utility>
#include <vector>

#include "tsdb/base/check.h"
#include "tsdb/base/coding.h"
#include "tsdb/store/fault.h"
#include "tsdb/store/held_flushes.h"
#include "tsdb/store/log_tail.h"
#include "tsdb/store/raw_merge.h"
#include "tsdb/store/rocks_env.h"
#include "tsdb/store/rocks_options.h"
#include "tsdb/store/rocks_status.h"
#include "tsdb/store/rocks_watch.h"
#include "tsdb/store/unwanted_keys.h"
#include "tsdb/store/widen_blocks.h"

namespace tidemark::tsdb {
namespace {

constexpr std::string_view kFormatKey = "format";  // in RocksDB's default family

rocksdb::Slice ToSlice(std::string_view s) { return {s.data(), s.size()}; }
std::string_view ToView(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

std::string Describe(std::string_view operation, Family family) {
  return fmt::format("{} {}", operation, FamilyName(family));
}

}  // namespace

// ---------------------------------------------------------------- batches

namespace {

using Handles = std::array<rocksdb::ColumnFamilyHandle*, kFamilies>;

// A RocksDB batch without a size limit takes every operation: their Statuses
// are always OK.
class RocksBatch : public WriteBatch {
 public:
  explicit RocksBatch(const Handles& handles) : handles_(handles), batch_(std::move(Kept())) {
    batch_.Clear();
  }
  ~RocksBatch() override {
    if (batch_.Data().capacity() <= kMostKeptBytes) Kept() = std::move(batch_);
  }
  RocksBatch(const RocksBatch&) = delete;
  RocksBatch& operator=(const RocksBatch&) = delete;

  void Put(Family family, std::string_view key, std::string_view value) override {
    Must(batch_.Put(handle(family), ToSlice(key), ToSlice(value)));
  }
  void Merge(Family family, std::string_view key, std::string_view run) override {
    Must(batch_.Merge(handle(family), ToSlice(key), ToSlice(run)));
  }
  void Delete(Family family, std::string_view key) override {
    Must(batch_.Delete(handle(family), ToSlice(key)));
  }
  void Clear() override { batch_.Clear(); }
  size_t size_bytes() const override { return batch_.GetDataSize(); }

  rocksdb::WriteBatch& rocks() { return batch_; }

 private:
  static constexpr size_t kMostKeptBytes = 4 << 20;
  // The memory of the last batch that this thread was done with: a large one would
  // be asked of the system, and cleared by it, for every commit.
  static rocksdb::WriteBatch& Kept() {
    thread_local rocksdb::WriteBatch kept;
    return kept;
  }

  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }
  static void Must(const rocksdb::Status& status) {
    CHECK(status.ok(), "an operation does not fit into a batch");
  }

  const Handles& handles_;
  rocksdb::WriteBatch batch_;
};

}  // namespace

// ---------------------------------------------------------------- iterators

namespace {

class RocksIterator : public StoreIterator {
 public:
  RocksIterator(std::unique_ptr<rocksdb::Iterator> it, std::string what)
      : it_(std::move(it)), what_(std::move(what)) {}

  void Seek(std::string_view key) override { it_->Seek(ToSlice(key)); }
  void SeekToLast() override { it_->SeekToLast(); }
  void SeekForPrev(std::string_view key) override { it_->SeekForPrev(ToSlice(key)); }
  void Next() override { it_->Next(); }
  bool Valid() const override { return it_->Valid(); }
  std::string_view key() const override { return ToView(it_->key()); }
  std::string_view value() const override { return ToView(it_->value()); }
  Status status() const override { return FromReadStatus(it_->status(), what_); }

 private:
  std::unique_ptr<rocksdb::Iterator> it_;
  std::string what_;
};

}  // namespace

// ---------------------------------------------------------------- the store

namespace {

constexpr std::string_view kSentinelKey = "sentinel";  // in the default family

// Counts the default family's memtables that went, and the sentinel with them.
class SentinelWatch : public rocksdb::EventListener {
 public:
  void OnMemTableSealed(const rocksdb::MemTableInfo& info) override {
    if (info.cf_name == rocksdb::kDefaultColumnFamilyName) ++sealed_;
  }
  uint64_t sealed() const { return sealed_.load(); }

 private:
  std::atomic<uint64_t> sealed_{0};
};

}  // namespace

namespace {

using UnwantedByFamily = std::array<std::shared_ptr<UnwantedKeys>, kFamilies>;

UnwantedByFamily NewUnwanted() {
  UnwantedByFamily out;
  for (auto& one : out) one = std::make_shared<UnwantedKeys>();
  return out;
}

}  // namespace

class StoreImpl : public Store {
 public:
  StoreImpl(const StoreOptions& options, Metrics& metrics,
            std::shared_ptr<rocksdb::MergeOperator> raw_merge);
  ~StoreImpl() override;

  Status OpenDatabase();
  Status OpenReadOnly();

  uint32_t format() const override { return format_; }
  std::unique_ptr<WriteBatch> NewBatch() const override {
    return std::make_unique<RocksBatch>(handles_);
  }
  Status Write(WriteBatch& batch, WriteMode mode) override;
  Status Resume() override;
  StoreLoad load() const override;
  Status SyncLog() override;
  Status Flush(std::span<const Family> families) override;
  Status ReleaseLog() override;
  Status Compact(Family family) override;
  Status MergeTables(Family family) override;
  Status Drop(Family family, std::string_view begin, std::string_view end) override;
  void DropBefore(Family family, std::string_view key) override {
    unwanted(family)->Set({"", std::string(key)});
  }
  Status Checkpoint(const std::string& folder) override;
  StatusOr<std::optional<std::string>> Get(Family family, std::string_view key) const override;
  std::unique_ptr<StoreIterator> NewIterator(Family family) const override;
  std::unique_ptr<StoreIterator> NewRawIterator() const override {
    return NewPrefixIterator(Family::kRaw);
  }
  std::unique_ptr<StoreIterator> NewTierIterator() const override {
    return NewPrefixIterator(Family::kTiers);
  }

 private:
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }
  std::unique_ptr<StoreIterator> NewPrefixIterator(Family family) const;
  const std::shared_ptr<UnwantedKeys>& unwanted(Family family) const {
    return unwanted_[static_cast<size_t>(family)];
  }
  std::vector<rocksdb::ColumnFamilyDescriptor> Descriptors() const;
  Status SetWriteBuffers();
  void Take(rocksdb::DB* db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles);
  // 0: none is stored.
  StatusOr<uint32_t> ReadFormat() const;
  Status CheckFormat();
  Status WriteFormat();
  rocksdb::Status WriteLogged(const rocksdb::WriteOptions& options, rocksdb::WriteBatch& batch);
  rocksdb::Status KeepSentinel(bool may_wait);
  bool HasSettled() const;
  void LeaveDamagedAlone();

  const StoreOptions options_;
  const std::shared_ptr<rocksdb::MergeOperator> raw_merge_;
  uint32_t format_ = 0;
  const std::shared_ptr<rocksdb::Cache> cache_;
  const std::shared_ptr<rocksdb::WriteBufferManager> write_buffers_;
  const std::shared_ptr<RocksWatch> watch_;
  const UnwantedByFamily unwanted_ = NewUnwanted();
  const std::shared_ptr<HeldFlushes> env_ = std::make_shared<HeldFlushes>(NewRocksEnv(), watch_);
  const std::shared_ptr<SentinelWatch> sentinel_ = std::make_shared<SentinelWatch>();
  // Memtables of the default family that were sealed before the sentinel's; with
  // none so far, a number that is never reached.
  std::atomic<uint64_t> sentinel_after_{std::numeric_limits<uint64_t>::max()};
  Mutex sentinel_mutex_;  // one puts it at a time, the others wait
  // Writes with a log share it; a resumption, which flushes all memtables, is alone
  // until the sentinel is back.  Before sentinel_mutex_.
  SharedMutex resume_mutex_;
  std::unique_ptr<rocksdb::DB> db_;
  Handles handles_{};
  rocksdb::ColumnFamilyHandle* default_handle_ = nullptr;
};

StoreImpl::StoreImpl(const StoreOptions& options, Metrics& metrics,
                     std::shared_ptr<rocksdb::MergeOperator> raw_merge)
    : options_(options),
      raw_merge_(std::move(raw_merge)),
      cache_(rocksdb::NewLRUCache(options.memory_bytes / 4)),
      write_buffers_(
          std::make_shared<rocksdb::WriteBufferManager>(WriteBufferBudget(options) / 4 * 3)),
      watch_(std::make_shared<RocksWatch>(metrics)) {
  AddStoreGauges(write_buffers_, WriteBufferBudget(options), cache_, watch_, metrics);
}

StoreImpl::~StoreImpl() {
  if (db_ == nullptr) return;
  env_->ReleaseAll();
  for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  db_->DestroyColumnFamilyHandle(default_handle_);
  // What fails here was not promised: all that was acknowledged is in the log.
  db_->Close().PermitUncheckedError();
}

namespace {

// RocksDB takes a folder without CURRENT for a new database and then removes
// the files in it that it does not know.
Status RefuseHeadless(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::exists(path / "CURRENT", error)) return OkStatus();
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    const std::string extension = entry.path().extension().string();
    const bool manifest = entry.path().filename().string().starts_with("MANIFEST-");
    if (extension == ".sst" || extension == ".log" || manifest) {
      return DataLoss(fmt::format("the database in {} has lost its file CURRENT (but has {})",
                                  path.string(), entry.path().filename().string()));
    }
  }
  return OkStatus();
}

// A newer version may have families of its own, without which RocksDB refuses
// to open with a less helpful message.
Status RefuseUnknownFamilies(const rocksdb::DBOptions& options, const std::string& path) {
  std::vector<std::string> names;
  if (!rocksdb::DB::ListColumnFamilies(options, path, &names).ok()) return OkStatus();
  for (const std::string& name : names) {
    bool known = name == rocksdb::kDefaultColumnFamilyName;
    for (size_t i = 0; i < kFamilies; ++i) known |= name == FamilyName(static_cast<Family>(i));
    if (known) continue;
    return FailedPrecondition(fmt::format(
        "the database in {} was written by a newer version of Tidemark (it has a part \"{}\")",
        path, name));
  }
  return OkStatus();
}

}  // namespace

std::vector<rocksdb::ColumnFamilyDescriptor> StoreImpl::Descriptors() const {
  std::vector<rocksdb::ColumnFamilyDescriptor> out;
  rocksdb::ColumnFamilyOptions tiny;
  tiny.write_buffer_size = 1 << 20;
  out.emplace_back(rocksdb::kDefaultColumnFamilyName, tiny);
  for (size_t i = 0; i < kFamilies; ++i) {
    const auto family = static_cast<Family>(i);
    rocksdb::ColumnFamilyOptions options = MakeFamilyOptions(family, cache_, raw_merge_);
    options.compaction_filter_factory = unwanted(family);
    out.emplace_back(std::string(FamilyName(family)), options);
  }
  return out;
}

Status StoreImpl::OpenDatabase() {
  std::error_code error;
  std::filesystem::create_directories(options_.path, error);
  if (error) {
    return FailedPrecondition(
        fmt::format("cannot create the folder {}: {}", options_.path, error.message()));
  }
  RETURN_IF_ERROR(RefuseHeadless(options_.path));
  rocksdb::DBOptions db_options = MakeDbOptions(write_buffers_);
  db_options.env = env_.get();
  db_options.listeners = {sentinel_, watch_};
  RETURN_IF_ERROR(RefuseUnknownFamilies(db_options, options_.path));
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto open = [&] {
    return rocksdb::DB::Open(db_options, options_.path, Descriptors(), &handles, &db);
  };
  rocksdb::Status status = open();
  if (status.IsCorruption() && CutLogTail(options_.path)) status = open();
  RETURN_IF_ERROR(FromOpenStatus(status, options_.path));
  Take(db, handles);
  RETURN_IF_ERROR(SetWriteBuffers());
  return CheckFormat();
}

Status StoreImpl::OpenReadOnly() {
  RETURN_IF_ERROR(RefuseHeadless(options_.path));
  const rocksdb::DBOptions db_options = MakeDbOptions(write_buffers_);
  RETURN_IF_ERROR(RefuseUnknownFamilies(db_options, options_.path));
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  RETURN_IF_ERROR(FromOpenStatus(
      rocksdb::DB::OpenForReadOnly(db_options, options_.path, Descriptors(), &handles, &db),
      options_.path));
  Take(db, handles);
  ASSIGN_OR_RETURN(format_, ReadFormat());
  return format_ > 0 ? OkStatus() : DataLoss("the database has no format version");
}

void StoreImpl::Take(rocksdb::DB* db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
  db_.reset(db);
  default_handle_ = handles[0];
  for (size_t i = 0; i < kFamilies; ++i) handles_[i] = handles[i + 1];
}

// Only now, see MakeFamilyOptions.
Status StoreImpl::SetWriteBuffers() {
  for (size_t i = 0; i < kFamilies; ++i) {
    const auto family = static_cast<Family>(i);
    const std::string bytes = std::to_string(WriteBufferBytes(family, options_));
    RETURN_IF_ERROR(FromWriteStatus(db_->SetOptions(handle(family), {{"write_buffer_size", bytes}}),
                                    "setting write buffers"));
  }
  return OkStatus();
}

StatusOr<uint32_t> StoreImpl::ReadFormat() const {
  std::string stored;
  const rocksdb::Status found =
      db_->Get(rocksdb::ReadOptions(), default_handle_, ToSlice(kFormatKey), &stored);
  if (found.IsNotFound()) return 0;
  RETURN_IF_ERROR(FromReadStatus(found, "reading the format version"));
  std::string_view in = stored;
  uint32_t version = 0;
  if (!ReadBigEndian(in, version)) return DataLoss("the format version is damaged");
  if (version > kFormatVersion) {
    return FailedPrecondition(fmt::format(
        "the database was written by a newer version of Tidemark (format {}, this one knows {})",
        version, kFormatVersion));
  }
  return version;
}

// Of older ones blocks get their new keys; what is in them is read as it is.
Status StoreImpl::CheckFormat() {
  ASSIGN_OR_RETURN(const uint32_t version, ReadFormat());
  format_ = kFormatVersion;
  if (version == kFormatVersion) return OkStatus();
  if (version > 0) RETURN_IF_ERROR(WidenBlocks(*this));
  return WriteFormat();
}

Status StoreImpl::WriteFormat() {
  std::string version;
  AppendBigEndian<uint32_t>(version, kFormatVersion);
  rocksdb::WriteOptions write;
  write.sync = true;
  return FromWriteStatus(db_->Put(write, default_handle_, ToSlice(kFormatKey), version),
                         "writing the format version");
}

// When an append to RocksDB's log fails (the disk is full), recovery moves on to
// a new log only if there is a memtable to flush.  If the append was the first
// one after all of them were flushed there is none, and 7.8 goes on with the log
// that failed: an assertion in Debian's build, errors for ever in others.  So
// there is always one: a key that is in no log and means nothing.  `may_wait`: for
// a compaction that does not keep up.
rocksdb::Status StoreImpl::KeepSentinel(bool may_wait) {
  if (sentinel_after_.load() == sentinel_->sealed()) return rocksdb::Status::OK();
  MutexLock lock(sentinel_mutex_);
  const uint64_t sealed = sentinel_->sealed();
  if (sentinel_after_.load() == sealed) return rocksdb::Status::OK();
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  options.no_slowdown = !may_wait;
  rocksdb::Status status =
      db_->Put(options, default_handle_, ToSlice(kSentinelKey), rocksdb::Slice());
  if (status.ok()) sentinel_after_.store(sealed);
  return status;
}

rocksdb::Status StoreImpl::WriteLogged(const rocksdb::WriteOptions& options,
                                       rocksdb::WriteBatch& batch) {
  ReaderLock lock(resume_mutex_);
  rocksdb::Status status = KeepSentinel(!options.no_slowdown);
  return status.ok() ? db_->Write(options, &batch) : status;
}

// Without compactions a family takes new tables without end, and writes do not
// wait for any: reads get slower, until whoever sees the error repairs it.
void StoreImpl::LeaveDamagedAlone() {
  for (const Family family : watch_->TakeDamaged()) {
    db_->SetOptions(handle(family), {{"disable_auto_compactions", "true"}}).PermitUncheckedError();
  }
}

Status StoreImpl::Write(WriteBatch& batch, WriteMode mode) {
  RETURN_IF_ERROR(FaultPoint("store.write"));
  LeaveDamagedAlone();
  rocksdb::WriteBatch& rocks = static_cast<RocksBatch&>(batch).rocks();
  rocksdb::WriteOptions options;
  options.sync = mode == WriteMode::kSync;
  options.disableWAL = mode == WriteMode::kWithoutLog;
  // Senders are told to come back; a seal, without the log, may wait.
  options.no_slowdown = !options.disableWAL;
  return FromWriteStatus(
      options.disableWAL ? db_->Write(options, &rocks) : WriteLogged(options, rocks), "a write");
}

// What is under way when RocksDB begins to resume, and fails then, ends the
// resumption; of work that failed before, a second goes by before it is over.
bool StoreImpl::HasSettled() const {
  if (!watch_->failed()) return true;
  uint64_t flushes = 0;
  uint64_t compactions = 0;
  db_->GetIntProperty(rocksdb::DB::Properties::kNumRunningFlushes, &flushes);
  db_->GetIntProperty(rocksdb::DB::Properties::kNumRunningCompactions, &compactions);
  return flushes + compactions == 0 && !watch_->has_just_failed();
}

Status StoreImpl::Resume() {
  WriterLock lock(resume_mutex_);
  if (!HasSettled()) {
    const Status why = FromWriteStatus(watch_->last_error(), "a write");
    return Unavailable(
        fmt::format("{}; the database tries again in a moment", std::string(why.message())));
  }
  const uint64_t errors = watch_->errors_seen();
  env_->SetResuming(true);
  const rocksdb::Status resumed = db_->Resume();
  env_->SetResuming(false);
  RETURN_IF_ERROR(FromWriteStatus(resumed, "resuming writes"));
  watch_->NoteResumed(errors);
  return FromWriteStatus(KeepSentinel(false), "resuming writes");
}

StoreLoad StoreImpl::load() const {
  return {write_buffers_->memory_usage(), WriteBufferBudget(options_), watch_->stalled()};
}

// A write of nothing, synced, and with it all that came before: SyncWAL goes past
// RocksDB's queue of writers, and beside a write that fails it touches a log that
// has just failed, which is an assertion in Debian's build.
Status StoreImpl::SyncLog() {
  rocksdb::WriteBatch nothing;
  rocksdb::WriteOptions options;
  options.sync = true;
  return FromWriteStatus(WriteLogged(options, nothing), "syncing the log");
}

// A seal ends here, and begins again after a failure: what stopped RocksDB's
// background work then may be over.
Status StoreImpl::Flush(std::span<const Family> families) {
  if (watch_->failed()) RETURN_IF_ERROR(Resume());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  for (const Family family : families) handles.push_back(handle(family));
  return FromWriteStatus(db_->Flush(rocksdb::FlushOptions(), handles), "a flush");
}

// Any family with a memtable keeps the log from the memtable's beginning on,
// even if nothing in it was logged: the default family, too, for its sentinel.
// Not raw: a seal has just flushed it, and its next memtable needs no log.  The
// sentinel is back before the others have gone.
Status StoreImpl::ReleaseLog() {
  RETURN_IF_ERROR(FromWriteStatus(db_->Flush(rocksdb::FlushOptions(), default_handle_), "a flush"));
  RETURN_IF_ERROR(FromWriteStatus(KeepSentinel(true), "a flush"));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  for (const Family family : {Family::kCatalog, Family::kJournal, Family::kMeta, Family::kTiers}) {
    handles.push_back(handle(family));
  }
  return FromWriteStatus(db_->Flush(rocksdb::FlushOptions(), handles), "a flush");
}

namespace {

// Of the last level, too; what a compaction has just written is left as it is.
rocksdb::CompactRangeOptions WholeCompaction() {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  return options;
}

// For as long as it lives.
class UnwantedRange {
 public:
  UnwantedRange(UnwantedKeys& keys, std::string_view begin, std::string_view end)
      : keys_(keys), range_(begin, end) {
    keys_.Add(range_);
  }
  ~UnwantedRange() { keys_.Remove(range_); }
  UnwantedRange(const UnwantedRange&) = delete;
  UnwantedRange& operator=(const UnwantedRange&) = delete;

 private:
  UnwantedKeys& keys_;
  const UnwantedKeys::Range range_;
};

}  // namespace

Status StoreImpl::Compact(Family family) {
  return FromWriteStatus(db_->CompactRange(WholeCompaction(), handle(family), nullptr, nullptr),
                         Describe("compaction of", family));
}

// Tables of level 0 may overlap, those of another level do not.
Status StoreImpl::MergeTables(Family family) {
  rocksdb::ColumnFamilyMetaData tables;
  db_->GetColumnFamilyMetaData(handle(family), &tables);
  size_t layers = 0;
  for (const rocksdb::LevelMetaData& level : tables.levels) {
    layers += level.level == 0 ? level.files.size() : (level.files.empty() ? 0 : 1);
  }
  return layers <= 1 ? OkStatus() : Compact(family);
}

Status StoreImpl::Drop(Family family, std::string_view begin, std::string_view end) {
  const rocksdb::Slice first = ToSlice(begin);
  const rocksdb::Slice last = ToSlice(end);
  const std::string what = Describe("dropping from", family);
  const UnwantedRange range_is_unwanted(*unwanted(family), begin, end);
  const rocksdb::RangePtr range(&first, &last);
  RETURN_IF_ERROR(FromWriteStatus(
      rocksdb::DeleteFilesInRanges(db_.get(), handle(family), &range, 1, false), what));
  RETURN_IF_ERROR(FaultPoint("store.dropping"));
  // What is left lies in level 0 or in files that reach over the borders.
  return FromWriteStatus(db_->CompactRange(WholeCompaction(), handle(family), &first, &last), what);
}

Status StoreImpl::Checkpoint(const std::string& folder) {
  // Logs that are linked are not synced on the way.
  RETURN_IF_ERROR(SyncLog());
  rocksdb::Checkpoint* made = nullptr;
  RETURN_IF_ERROR(FromWriteStatus(rocksdb::Checkpoint::Create(db_.get(), &made), "a checkpoint"));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  // The log is copied instead of flushing what it holds.
  constexpr uint64_t kNeverFlush = std::numeric_limits<uint64_t>::max();
  return FromWriteStatus(checkpoint->CreateCheckpoint(folder, kNeverFlush), "a checkpoint");
}

StatusOr<std::optional<std::string>> StoreImpl::Get(Family family, std::string_view key) const {
  std::string value;
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), handle(family), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(FromReadStatus(status, Describe("read of", family)));
  return std::optional<std::string>(std::move(value));
}

// RocksDB 7.8 swallows an error at the first block of a table that it reaches
// from the end of another: the keys of that table are passed over, and the status
// is OK.  It does so behind the markers that it puts at the ends of tables for
// deleted ranges (MergingIterator::SkipNextDeleted), of which there are none, but
// in databases of older programs: so they are not asked for.
std::unique_ptr<StoreIterator> StoreImpl::NewIterator(Family family) const {
  rocksdb::ReadOptions options;
  options.ignore_range_deletions = true;
  options.total_order_seek = true;
  options.readahead_size = 1 << 20;
  options.fill_cache = false;  // scans would push out what queries need
  return std::make_unique<RocksIterator>(
      std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options, handle(family))),
      Describe("scan of", family));
}

std::unique_ptr<StoreIterator> StoreImpl::NewPrefixIterator(Family family) const {
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;
  options.ignore_range_deletions = true;
  return std::make_unique<RocksIterator>(
      std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options, handle(family))),
      Describe("read of", family));
}

namespace {

std::unique_ptr<StoreImpl> NewStore(const StoreOptions& options, Metrics& metrics) {
  Counter* unreadable = metrics.AddCounter(
      "tidemark_store_unreadable_runs_total",
      "Stored runs of samples that could not be decoded while merging; kept as they are.");
  return std::make_unique<StoreImpl>(options, metrics, NewRawMergeOperator(unreadable));
}

}  // namespace

StatusOr<std::unique_ptr<Store>> Store::Open(const StoreOptions& options, Metrics& metrics) {
  auto store = NewStore(options, metrics);
  RETURN_IF_ERROR(store->OpenDatabase());
  return StatusOr<std::unique_ptr<Store>>(std::move(store));
}

StatusOr<std::unique_ptr<Store>> Store::OpenReadOnly(const StoreOptions& options,
                                                     Metrics& metrics) {
  auto store = NewStore(options, metrics);
  RETURN_IF_ERROR(store->OpenReadOnly());
  return StatusOr<std::unique_ptr<Store>>(std::move(store));
}

}  // namespace tidemark::tsdb
