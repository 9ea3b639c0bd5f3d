#include "tsdb/store/database_files.h"

#include <fmt/format.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "tsdb/base/files.h"
#include "tsdb/store/log_records.h"
#include "tsdb/store/table_file.h"

namespace tidemark::tsdb {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> PathsWith(const std::string& folder, std::string_view extension) {
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == extension) out.push_back(entry.path().string());
  }
  // Numbers have six digits, or more.
  std::sort(out.begin(), out.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return out;
}

std::string NameOf(const std::string& path) { return fs::path(path).filename().string(); }

class DatabaseLockImpl : public DatabaseLock {
 public:
  explicit DatabaseLockImpl(rocksdb::FileLock* lock) : lock_(lock) {}
  ~DatabaseLockImpl() override {
    if (lock_ != nullptr) rocksdb::Env::Default()->UnlockFile(lock_).PermitUncheckedError();
  }

 private:
  rocksdb::FileLock* const lock_;
};

class FileCheck {
 public:
  explicit FileCheck(const std::string& folder) : folder_(folder) {}

  DatabaseFiles Run() {
    CheckManifest();
    for (const std::string& path : TablePaths(folder_)) CheckTable(path);
    const std::vector<std::string> logs = LogPaths(folder_);
    for (const std::string& path : logs) CheckLog(path, path == logs.back());
    return std::move(out_);
  }

 private:
  void Add(std::string file, std::string_view what, bool harmless = false) {
    out_.problems.push_back({std::move(file), std::string(what), harmless});
  }

  StatusOr<std::string> Read(const std::string& path) {
    auto bytes = ReadWholeFile(path);
    if (bytes.ok()) {
      out_.bytes += bytes->size();
    } else {
      Add(NameOf(path), MessageOf(bytes.status()));
    }
    return bytes;
  }

  // CURRENT holds the manifest's name and a line break.
  void CheckManifest() {
    const auto current = Read(folder_ + "/CURRENT");
    if (!current.ok()) return;
    if (!current->starts_with("MANIFEST-") || current->back() != '\n') {
      return Add("CURRENT", "does not name a manifest");
    }
    const std::string name = current->substr(0, current->size() - 1);
    const auto manifest = Read(folder_ + "/" + name);
    if (!manifest.ok()) return;
    LogRecords records(*manifest);
    uint64_t n = 0;
    while (records.Next()) ++n;
    for (const LogDamage& damage : records.damage()) Add(name, Describe(damage));
    if (n == 0) Add(name, "holds no record");
  }

  void CheckTable(const std::string& path) {
    ++out_.tables;
    std::error_code error;
    out_.bytes += fs::file_size(path, error);
    const auto table = TableFile::Open(path);
    const Status status = table.ok() ? (*table)->VerifyChecksums() : table.status();
    if (!status.ok()) Add(NameOf(path), MessageOf(status));
  }

  void CheckLog(const std::string& path, bool last) {
    ++out_.logs;
    const auto log = Read(path);
    if (!log.ok()) return;
    LogRecords records(*log);
    while (records.Next()) ++out_.log_records;
    for (const LogDamage& damage : records.damage()) {
      Add(NameOf(path), Describe(damage), last && damage.at_end);
    }
  }

  static std::string Describe(const LogDamage& damage) {
    return fmt::format("bytes {} to {}{} cannot be read: {}", damage.begin, damage.end,
                       damage.at_end ? ", the last ones," : "", damage.what);
  }

  const std::string& folder_;
  DatabaseFiles out_;
};

}  // namespace

std::vector<std::string> TablePaths(const std::string& folder) { return PathsWith(folder, ".sst"); }
std::vector<std::string> LogPaths(const std::string& folder) { return PathsWith(folder, ".log"); }

StatusOr<std::unique_ptr<DatabaseLock>> DatabaseLock::Take(const std::string& folder) {
  const std::string path = folder + "/LOCK";
  std::error_code error;
  rocksdb::FileLock* lock = nullptr;
  // A snapshot has no such file, and stays as it is.
  if (fs::exists(path, error)) {
    const rocksdb::Status status = rocksdb::Env::Default()->LockFile(path, &lock);
    if (!status.ok()) {
      return FailedPrecondition(
          fmt::format("the database in {} is in use by another process: stop it first", folder));
    }
  }
  return StatusOr<std::unique_ptr<DatabaseLock>>(std::make_unique<DatabaseLockImpl>(lock));
}

DatabaseFiles CheckDatabaseFiles(const std::string& folder) { return FileCheck(folder).Run(); }

}  // namespace tidemark::tsdb
