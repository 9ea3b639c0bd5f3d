// DiskFaults: a disk that fails on demand, and whose power can be cut.  For tests.
//
//   DiskFaults disk;                                  // before the database is opened
//   auto storage = Storage::Open(…);
//   disk.Fail(FileKind::kLog, DiskOperation::kSync);  // from now on
//   …
//   disk.Heal();
//
//   disk.CutPower();      // nothing reaches the files any more
//   storage.reset();
//   disk.LoseUnsynced(random(), true);                // what such a cut leaves
//   disk.RestorePower();
//
// Only what RocksDB writes goes through it.
#pragma once

#include <cstdint>
#include <memory>

namespace tidemark::tsdb {

enum class FileKind { kLog, kTable, kManifest, kOther };
enum class DiskOperation {
  kCreate,
  kWrite,       // nothing of it is written
  kShortWrite,  // half of it is
  kSync,
  kRead,
};

// Threads: all functions may be called from any thread; one at a time lives.
class DiskFaults {
 public:
  DiskFaults();
  ~DiskFaults();

  // Every such operation on files of this kind fails: with EIO, or for lack of
  // space.
  void Fail(FileKind kind, DiskOperation operation, bool no_space = false);
  void Heal();
  // Operations that failed so far.
  uint64_t failed() const;

  // Every operation that changes a file fails from now on, or once so many more
  // have been done.
  void CutPower(uint64_t after = 0);
  // After CutPower, when no database is open: cuts every file that was written
  // since this was made to what was synced, or to some point behind that; with
  // `garbage`, some bytes that nobody wrote follow in logs (a manifest that has
  // them is refused, and repaired without loss).  Files whose names were not
  // synced may be gone.
  void LoseUnsynced(uint64_t seed, bool garbage);
  void RestorePower();

  class Impl;

 private:
  const std::shared_ptr<Impl> impl_;
};

}  // namespace tidemark::tsdb
