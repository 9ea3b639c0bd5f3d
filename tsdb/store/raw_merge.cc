#include "tsdb/store/raw_merge.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/chunk/run_union.h"

namespace tidemark::tsdb {
namespace {

class RawMergeOperator : public rocksdb::MergeOperator {
 public:
  explicit RawMergeOperator(Counter* unreadable) : unreadable_(unreadable) {}

  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    if (in.existing_value == nullptr && in.operand_list.size() == 1) {
      out->existing_operand = in.operand_list[0];
      return true;
    }
    std::vector<std::string_view> lists;
    lists.reserve(in.operand_list.size() + 1);
    if (in.existing_value != nullptr) Add(lists, *in.existing_value);
    for (const rocksdb::Slice& operand : in.operand_list) Add(lists, operand);
    out->new_value = Union(lists);
    return true;
  }

  bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& operands,
                         std::string* new_value, rocksdb::Logger*) const override {
    std::vector<std::string_view> lists;
    lists.reserve(operands.size());
    for (const rocksdb::Slice& operand : operands) Add(lists, operand);
    *new_value = Union(lists);
    return true;
  }

  const char* Name() const override { return "tidemark.run_union"; }

 private:
  static void Add(std::vector<std::string_view>& lists, const rocksdb::Slice& slice) {
    lists.emplace_back(slice.data(), slice.size());
  }

  std::string Union(const std::vector<std::string_view>& lists) const {
    UnionStats stats;
    std::string out = UnionRuns(lists, &stats);
    if (stats.opaque > 0) unreadable_->Add(stats.opaque);
    return out;
  }

  Counter* unreadable_;
};

}  // namespace

std::shared_ptr<rocksdb::MergeOperator> NewRawMergeOperator(Counter* unreadable) {
  return std::make_shared<RawMergeOperator>(unreadable);
}

}  // namespace tidemark::tsdb
