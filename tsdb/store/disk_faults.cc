#include "tsdb/store/disk_faults.h"

#include <rocksdb/file_system.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "tsdb/base/check.h"
#include "tsdb/base/mutex.h"
#include "tsdb/store/faulty_file_system.h"

namespace tidemark::tsdb {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

FileKind KindOf(const std::string& path) {
  if (path.ends_with(".log")) return FileKind::kLog;
  if (path.ends_with(".sst")) return FileKind::kTable;
  return path.find("MANIFEST-") != std::string::npos ? FileKind::kManifest : FileKind::kOther;
}

}  // namespace

class DiskFaults::Impl : public rocksdb::FileSystemWrapper {
 public:
  using rocksdb::FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "tidemark.disk_faults"; }

  void Fail(FileKind kind, DiskOperation operation, bool no_space) {
    MutexLock lock(mutex_);
    rules_[{kind, operation}] = no_space;
  }
  void Heal() {
    MutexLock lock(mutex_);
    rules_.clear();
  }
  uint64_t failed() const { return failed_.load(); }
  // Held over each operation, from the look to the note, and alone by the cut: none
  // is under way when that returns.
  SharedMutex& power() { return power_; }
  void CutPower(uint64_t after) {
    WriterLock alone(power_);
    MutexLock lock(mutex_);
    left_ = after;
    off_.store(after == 0);
  }
  void LoseUnsynced(uint64_t seed, bool garbage);
  void RestorePower() {
    MutexLock lock(mutex_);
    left_ = 0;
    off_.store(false);
  }

  // Before each operation that changes a file: whether it finds no power.
  bool IsOff() {
    if (off_.load()) return true;
    MutexLock lock(mutex_);
    if (left_ > 0 && --left_ == 0) off_.store(true);
    return off_.load();
  }
  // What the operation is to answer.
  IOStatus Look(const std::string& path, DiskOperation operation) {
    if (operation != DiskOperation::kRead && IsOff()) return IOStatus::IOError("power cut");
    MutexLock lock(mutex_);
    const auto rule = rules_.find({KindOf(path), operation});
    if (rule == rules_.end()) return IOStatus::OK();
    ++failed_;
    return rule->second ? IOStatus::NoSpace(path) : IOStatus::IOError(path, "fault of a test");
  }
  void NoteWritten(const std::string& path, uint64_t size) {
    MutexLock lock(mutex_);
    files_[path].written = size;
  }
  // A sync counts if the power was still there at its end.
  IOStatus NoteSynced(const std::string& path) {
    MutexLock lock(mutex_);
    if (off_.load()) return IOStatus::IOError("power cut");
    files_[path].synced = files_[path].written;
    return IOStatus::OK();
  }
  IOStatus NoteNamesSynced() {
    MutexLock lock(mutex_);
    if (off_.load()) return IOStatus::IOError("power cut");
    new_names_.clear();
    return IOStatus::OK();
  }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* dbg) override;
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                               IODebugContext* dbg) override;
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* folder,
                        IODebugContext* dbg) override;
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* dbg) override;
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* dbg) override;

 private:
  struct File {
    uint64_t written = 0;
    uint64_t synced = 0;
  };

  SharedMutex power_;  // before mutex_
  std::atomic<bool> off_{false};
  std::atomic<uint64_t> failed_{0};
  Mutex mutex_;
  uint64_t left_ ABSL_GUARDED_BY(mutex_) = 0;  // operations until the power is cut; 0: it is not
  std::map<std::pair<FileKind, DiskOperation>, bool> rules_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, File> files_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> new_names_ ABSL_GUARDED_BY(mutex_);
};

namespace {

class FaultyFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, DiskFaults::Impl& disk,
             std::string path)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), path_(std::move(path)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* dbg) override {
    ReaderLock powered(disk_.power());
    IOStatus fault = disk_.Look(path_, DiskOperation::kWrite);
    if (!fault.ok()) return fault;
    fault = disk_.Look(path_, DiskOperation::kShortWrite);
    const Slice part(data.data(), fault.ok() ? data.size() : data.size() / 2);
    IOStatus status = target()->Append(part, options, dbg);
    if (status.ok()) disk_.NoteWritten(path_, size_ += part.size());
    return fault.ok() ? status : fault;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* dbg) override {
    return Append(data, options, dbg);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* dbg) override {
    ReaderLock powered(disk_.power());
    IOStatus status = disk_.Look(path_, DiskOperation::kSync);
    if (status.ok()) status = target()->Sync(options, dbg);
    return status.ok() ? disk_.NoteSynced(path_) : status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return Sync(options, dbg);
  }

 private:
  DiskFaults::Impl& disk_;
  const std::string path_;
  uint64_t size_ = 0;
};

class FaultyReader : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  FaultyReader(std::unique_ptr<rocksdb::FSRandomAccessFile>&& file, DiskFaults::Impl& disk,
               std::string path)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), disk_(disk), path_(std::move(path)) {}

  IOStatus Read(uint64_t offset, size_t n, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* dbg) const override {
    const IOStatus fault = disk_.Look(path_, DiskOperation::kRead);
    return fault.ok() ? target()->Read(offset, n, options, result, scratch, dbg) : fault;
  }

 private:
  DiskFaults::Impl& disk_;
  const std::string path_;
};

class FaultyFolder : public rocksdb::FSDirectoryWrapper {
 public:
  FaultyFolder(std::unique_ptr<rocksdb::FSDirectory>&& folder, DiskFaults::Impl& disk)
      : FSDirectoryWrapper(std::move(folder)), disk_(disk) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    IOStatus status = FSDirectoryWrapper::Fsync(options, dbg);
    return status.ok() ? disk_.NoteNamesSynced() : status;
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* dbg,
                               const rocksdb::DirFsyncOptions& more) override {
    IOStatus status = FSDirectoryWrapper::FsyncWithDirOptions(options, dbg, more);
    return status.ok() ? disk_.NoteNamesSynced() : status;
  }

 private:
  DiskFaults::Impl& disk_;
};

}  // namespace

IOStatus DiskFaults::Impl::NewWritableFile(const std::string& path, const FileOptions& options,
                                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                                           IODebugContext* dbg) {
  ReaderLock powered(power_);
  IOStatus status = Look(path, DiskOperation::kCreate);
  if (status.ok()) status = target()->NewWritableFile(path, options, file, dbg);
  if (!status.ok()) return status;
  *file = std::make_unique<FaultyFile>(std::move(*file), *this, path);
  MutexLock lock(mutex_);
  files_[path] = {};
  new_names_.insert(path);
  return status;
}

IOStatus DiskFaults::Impl::NewRandomAccessFile(const std::string& path, const FileOptions& options,
                                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                               IODebugContext* dbg) {
  IOStatus status = target()->NewRandomAccessFile(path, options, file, dbg);
  if (status.ok()) *file = std::make_unique<FaultyReader>(std::move(*file), *this, path);
  return status;
}

IOStatus DiskFaults::Impl::NewDirectory(const std::string& path, const IOOptions& options,
                                        std::unique_ptr<rocksdb::FSDirectory>* folder,
                                        IODebugContext* dbg) {
  IOStatus status = target()->NewDirectory(path, options, folder, dbg);
  if (status.ok()) *folder = std::make_unique<FaultyFolder>(std::move(*folder), *this);
  return status;
}

IOStatus DiskFaults::Impl::DeleteFile(const std::string& path, const IOOptions& options,
                                      IODebugContext* dbg) {
  ReaderLock powered(power_);
  if (IsOff()) return IOStatus::IOError("power cut");
  return target()->DeleteFile(path, options, dbg);
}

// Taken for durable at once, as journalling file systems order it behind the
// sync of the file that is renamed.
IOStatus DiskFaults::Impl::RenameFile(const std::string& from, const std::string& to,
                                      const IOOptions& options, IODebugContext* dbg) {
  ReaderLock powered(power_);
  if (IsOff()) return IOStatus::IOError("power cut");
  IOStatus status = target()->RenameFile(from, to, options, dbg);
  if (!status.ok()) return status;
  MutexLock lock(mutex_);
  files_[to] = files_[from];
  files_.erase(from);
  new_names_.erase(from);
  return status;
}

void DiskFaults::Impl::LoseUnsynced(uint64_t seed, bool garbage) {
  std::mt19937_64 random(seed);
  std::error_code error;
  MutexLock lock(mutex_);
  for (const auto& [path, file] : files_) {
    if (!std::filesystem::exists(path, error)) continue;
    if (new_names_.count(path) > 0 && file.synced == 0 && random() % 2 == 0) {
      std::filesystem::remove(path, error);
      continue;
    }
    const uint64_t unsynced = file.written - file.synced;
    const uint64_t kept = file.synced + (unsynced == 0 ? 0 : random() % (unsynced + 1));
    std::filesystem::resize_file(path, kept, error);
    if (!garbage || unsynced == 0 || KindOf(path) != FileKind::kLog) continue;
    std::ofstream out(path, std::ios::binary | std::ios::app);
    for (uint64_t i = random() % 300; i > 0; --i) out.put(static_cast<char>(random()));
  }
  files_.clear();
  new_names_.clear();
}

namespace {

struct Installed {
  Mutex mutex;
  std::shared_ptr<rocksdb::FileSystem> disk ABSL_GUARDED_BY(mutex);
};

Installed& TheInstalled() {
  static Installed* installed = new Installed;
  return *installed;
}

}  // namespace

std::shared_ptr<rocksdb::FileSystem> FaultyFileSystem() {
  MutexLock lock(TheInstalled().mutex);
  return TheInstalled().disk;
}

DiskFaults::DiskFaults() : impl_(std::make_shared<Impl>(rocksdb::FileSystem::Default())) {
  MutexLock lock(TheInstalled().mutex);
  CHECK(TheInstalled().disk == nullptr, "two faulty disks at once");
  TheInstalled().disk = impl_;
}

DiskFaults::~DiskFaults() {
  MutexLock lock(TheInstalled().mutex);
  TheInstalled().disk = nullptr;
}

void DiskFaults::Fail(FileKind kind, DiskOperation operation, bool no_space) {
  impl_->Fail(kind, operation, no_space);
}
void DiskFaults::Heal() { impl_->Heal(); }
uint64_t DiskFaults::failed() const { return impl_->failed(); }
void DiskFaults::CutPower(uint64_t after) { impl_->CutPower(after); }
void DiskFaults::LoseUnsynced(uint64_t seed, bool garbage) { impl_->LoseUnsynced(seed, garbage); }
void DiskFaults::RestorePower() { impl_->RestorePower(); }

}  // namespace tidemark::tsdb
