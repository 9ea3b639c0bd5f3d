#include "tsdb/store/rocks_env.h"

#include <utility>

#include "tsdb/store/faulty_file_system.h"

namespace tidemark::tsdb {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// A full disk has a way of its own out (rocksdb::SstFileManager).
IOStatus Retryable(IOStatus status) {
  if (status.IsIOError() && !status.IsNoSpace()) status.SetRetryable(true);
  return status;
}

class RetryableFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  using rocksdb::FSWritableFileOwnerWrapper::FSWritableFileOwnerWrapper;

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* dbg) override {
    return Retryable(target()->Append(data, options, dbg));
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& info, IODebugContext* dbg) override {
    return Retryable(target()->Append(data, options, info, dbg));
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* dbg) override {
    return Retryable(target()->Sync(options, dbg));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    return Retryable(target()->Fsync(options, dbg));
  }
  IOStatus RangeSync(uint64_t offset, uint64_t n, const IOOptions& options,
                     IODebugContext* dbg) override {
    return Retryable(target()->RangeSync(offset, n, options, dbg));
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* dbg) override {
    return Retryable(target()->Flush(options, dbg));
  }
  IOStatus Close(const IOOptions& options, IODebugContext* dbg) override {
    return Retryable(target()->Close(options, dbg));
  }
};

class RetryableFileSystem : public rocksdb::FileSystemWrapper {
 public:
  using rocksdb::FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "tidemark.retryable"; }

  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* dbg) override {
    IOStatus status = Retryable(target()->NewWritableFile(path, options, file, dbg));
    if (status.ok()) *file = std::make_unique<RetryableFile>(std::move(*file));
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* dbg) override {
    return Retryable(target()->RenameFile(from, to, options, dbg));
  }
};

}  // namespace

std::shared_ptr<rocksdb::Env> NewRocksEnv() {
  std::shared_ptr<rocksdb::FileSystem> base = FaultyFileSystem();
  if (base == nullptr) base = rocksdb::FileSystem::Default();
  return rocksdb::NewCompositeEnv(std::make_shared<RetryableFileSystem>(std::move(base)));
}

}  // namespace tidemark::tsdb
