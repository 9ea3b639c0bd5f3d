#include "tsdb/store/checked_tables.h"

#include <rocksdb/table.h>

#include <string>
#include <utility>

namespace tidemark::tsdb {
namespace {

// A footer of format versions 1 to 5; it begins with a byte for the kind of checksum.
// https://github.com/facebook/rocksdb/wiki/Rocksdb-BlockBasedTable-Format
constexpr uint64_t kFooterBytes = 53;

// Of a file that is too short, or cannot be read, RocksDB says so itself, and better.
bool SaysNoChecksums(const rocksdb::FSRandomAccessFile& file, uint64_t size) {
  if (size < kFooterBytes) return false;
  char scratch = 0;
  rocksdb::Slice kind;
  const rocksdb::IOStatus read =
      file.Read(size - kFooterBytes, 1, rocksdb::IOOptions(), &kind, &scratch, nullptr);
  return read.ok() && kind.size() == 1 && kind[0] == rocksdb::kNoChecksum;
}

class CheckedTablesImpl : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;

  const char* Name() const override { return "CheckedTables"; }

  rocksdb::IOStatus NewRandomAccessFile(const std::string& path,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* out,
                                        rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = target()->NewRandomAccessFile(path, options, out, debug);
    if (!status.ok() || !path.ends_with(".sst")) return status;
    uint64_t size = 0;
    status = target()->GetFileSize(path, options.io_options, &size, debug);
    if (!status.ok() || !SaysNoChecksums(**out, size)) return status;
    out->reset();
    return rocksdb::IOStatus::Corruption("the footer says that there are no checksums", path);
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> CheckedTables(std::shared_ptr<rocksdb::FileSystem> base) {
  return std::make_shared<CheckedTablesImpl>(std::move(base));
}

}  // namespace tidemark::tsdb
