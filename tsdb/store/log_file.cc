#include "tsdb/store/log_file.h"

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include "tsdb/base/files.h"
#include "tsdb/store/log_records.h"

namespace tidemark::tsdb {
namespace {

using Use = std::function<void(Family, std::string_view, std::string_view)>;

// RocksDB numbers families in the order in which they were made: its default
// one is 0, then ours (Descriptors in store.cc).
class Handler : public rocksdb::WriteBatch::Handler {
 public:
  explicit Handler(const Use& use) : use_(use) {}

  rocksdb::Status PutCF(uint32_t family, const rocksdb::Slice& key,
                        const rocksdb::Slice& value) override {
    if (family >= 1 && family <= kFamilies) {
      use_(static_cast<Family>(family - 1), {key.data(), key.size()}, {value.data(), value.size()});
    }
    return rocksdb::Status::OK();
  }
  rocksdb::Status MergeCF(uint32_t family, const rocksdb::Slice& key,
                          const rocksdb::Slice& value) override {
    return PutCF(family, key, value);
  }
  rocksdb::Status DeleteCF(uint32_t, const rocksdb::Slice&) override {
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteRangeCF(uint32_t, const rocksdb::Slice&, const rocksdb::Slice&) override {
    return rocksdb::Status::OK();
  }
  rocksdb::Status MarkNoop(bool) override { return rocksdb::Status::OK(); }

 private:
  const Use& use_;
};

}  // namespace

Status ReadLogFile(const std::string& path, const Use& use,
                   const std::function<void(const std::string&)>& lost) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadWholeFile(path));
  LogRecords records(bytes);
  Handler handler(use);
  while (records.Next()) {
    const rocksdb::WriteBatch batch(records.record());
    const rocksdb::Status status = batch.Iterate(&handler);
    if (!status.ok()) {
      lost(fmt::format("{}: the batch at byte {}: {}", path, records.offset(), status.ToString()));
    }
  }
  for (const LogDamage& damage : records.damage()) {
    lost(fmt::format("{}: bytes {} to {}: {}", path, damage.begin, damage.end, damage.what));
  }
  return OkStatus();
}

}  // namespace tidemark::tsdb
