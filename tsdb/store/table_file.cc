#include "tsdb/store/table_file.h"

#include <fmt/format.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table_properties.h>

#include <utility>
#include <vector>

#include "tsdb/chunk/run_union.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/rocks_env.h"
#include "tsdb/store/rocks_options.h"

namespace tidemark::tsdb {
namespace {

std::string_view ToView(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

// What one table has is never all: cuts are kept for what older tables have.
class PartialMerge : public rocksdb::MergeOperator {
 public:
  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    std::vector<std::string_view> lists;
    if (in.existing_value != nullptr) lists.push_back(ToView(*in.existing_value));
    for (const rocksdb::Slice& operand : in.operand_list) lists.push_back(ToView(operand));
    out->new_value = UnionRuns(lists);
    return true;
  }
  const char* Name() const override { return "tidemark.run_union"; }
};

// Where to look for keys behind a damaged block: a key as a number of 256 bits.
class Probe {
 public:
  static constexpr int kBits = 256;

  explicit Probe(std::string_view key) : bytes_(key.substr(0, kBits / 8)) {
    bytes_.resize(kBits / 8, '\0');
  }
  const std::string& key() const { return bytes_; }

  // Adds 2^bit; false, and the largest number, when there is none.
  bool Add(int bit) {
    unsigned carry = 1u << (bit % 8);
    for (int i = kBits / 8 - 1 - bit / 8; i >= 0 && carry != 0; --i) {
      carry += static_cast<uint8_t>(bytes_[static_cast<size_t>(i)]);
      bytes_[static_cast<size_t>(i)] = static_cast<char>(carry & 0xff);
      carry >>= 8;
    }
    if (carry != 0) bytes_.assign(kBits / 8, '\xff');
    return carry == 0;
  }

 private:
  std::string bytes_;
};

class TableFileImpl : public TableFile {
 public:
  Status OpenAt(const std::string& path);
  std::optional<Family> family() const override { return family_; }
  uint64_t entries() const override { return reader_->GetTableProperties()->num_entries; }
  uint64_t deletions() const override {
    const auto properties = reader_->GetTableProperties();
    return properties->num_deletions + properties->num_range_deletions;
  }
  Status VerifyChecksums() override {
    const rocksdb::Status status = reader_->VerifyChecksum();
    return status.ok() ? OkStatus() : DataLoss(status.ToString());
  }
  void ForEach(const std::function<void(std::string_view, std::string_view)>& use,
               const std::function<void(const KeyGap&)>& lost) override;

 private:
  std::unique_ptr<rocksdb::Iterator> NewIterator() {
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    return std::unique_ptr<rocksdb::Iterator>(reader_->NewIterator(options));
  }
  std::unique_ptr<rocksdb::Iterator> SeekTo(const std::string& key) {
    auto it = NewIterator();
    it->Seek(key);
    return it;
  }
  std::unique_ptr<rocksdb::Iterator> SeekBehindDamage(const std::string& last);

  const std::shared_ptr<rocksdb::Env> env_ = NewRocksEnv();
  std::unique_ptr<rocksdb::SstFileReader> reader_;
  std::optional<Family> family_;
};

Status TableFileImpl::OpenAt(const std::string& path) {
  rocksdb::Options options;
  options.env = env_.get();
  options.merge_operator = std::make_shared<PartialMerge>();
  options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kRawPrefixBytes));
  reader_ = std::make_unique<rocksdb::SstFileReader>(options);
  const rocksdb::Status opened = reader_->Open(path);
  if (!opened.ok()) return DataLoss(opened.ToString());
  const std::string& name = reader_->GetTableProperties()->column_family_name;
  for (size_t i = 0; i < kFamilies; ++i) {
    if (name == FamilyName(static_cast<Family>(i))) family_ = static_cast<Family>(i);
  }
  return OkStatus();
}

// The first key that can be read after `last`, behind which a block is damaged.
// A seek fails as long as it lands in that block: steps that double leave it,
// then halving them finds its end.
std::unique_ptr<rocksdb::Iterator> TableFileImpl::SeekBehindDamage(const std::string& last) {
  Probe bad(last);
  std::unique_ptr<rocksdb::Iterator> found;
  int bit = 0;
  for (; bit < Probe::kBits; ++bit) {
    Probe next = bad;
    const bool more = next.Add(bit);
    auto it = SeekTo(next.key());
    if (it->status().ok()) {
      found = std::move(it);
      break;
    }
    if (!more) return it;
    bad = next;
  }
  while (found != nullptr && --bit >= 0) {
    Probe middle = bad;
    if (!middle.Add(bit)) continue;
    auto it = SeekTo(middle.key());
    if (it->status().ok()) {
      found = std::move(it);
    } else {
      bad = middle;
    }
  }
  return found != nullptr ? std::move(found) : NewIterator();
}

void TableFileImpl::ForEach(const std::function<void(std::string_view, std::string_view)>& use,
                            const std::function<void(const KeyGap&)>& lost) {
  std::string last;
  auto it = NewIterator();
  it->SeekToFirst();
  for (;;) {
    for (; it->Valid(); it->Next()) {
      last = it->key().ToString();
      use(ToView(it->key()), ToView(it->value()));
    }
    if (it->status().ok()) return;
    KeyGap gap{last, std::nullopt, it->status().ToString()};
    it = SeekBehindDamage(last);
    if (it->Valid()) gap.before = it->key().ToString();
    lost(gap);
    if (!it->Valid()) return;
  }
}

}  // namespace

StatusOr<std::unique_ptr<TableFile>> TableFile::Open(const std::string& path) {
  auto table = std::make_unique<TableFileImpl>();
  RETURN_IF_ERROR(table->OpenAt(path));
  return StatusOr<std::unique_ptr<TableFile>>(std::move(table));
}

}  // namespace tidemark::tsdb
