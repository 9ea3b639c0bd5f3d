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
    if (in.existing_value == nullptr && in.operand_list.size() == 1 &&
        IsPlainRunList(ToView(in.operand_list[0]))) {
      out->existing_operand = in.operand_list[0];
      return true;
    }
    std::vector<std::string_view> lists;
    lists.reserve(in.operand_list.size() + 1);
    if (in.existing_value != nullptr) lists.push_back(ToView(*in.existing_value));
    for (const rocksdb::Slice& operand : in.operand_list) lists.push_back(ToView(operand));
    UnionStats stats;
    out->new_value = UnionAllRuns(lists, &stats);
    Count(stats);
    return true;
  }

  bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& operands,
                         std::string* new_value, rocksdb::Logger*) const override {
    std::vector<std::string_view> lists;
    lists.reserve(operands.size());
    for (const rocksdb::Slice& operand : operands) lists.push_back(ToView(operand));
    UnionStats stats;
    *new_value = UnionRuns(lists, &stats);
    Count(stats);
    return true;
  }

  const char* Name() const override { return "tidemark.run_union"; }

 private:
  static std::string_view ToView(const rocksdb::Slice& slice) {
    return {slice.data(), slice.size()};
  }

  void Count(const UnionStats& stats) const {
    if (stats.opaque > 0) unreadable_->Add(stats.opaque);
  }

  Counter* unreadable_;
};

}  // namespace

std::shared_ptr<rocksdb::MergeOperator> NewRawMergeOperator(Counter* unreadable) {
  return std::make_shared<RawMergeOperator>(unreadable);
}

}  // namespace tidemark::tsdb
