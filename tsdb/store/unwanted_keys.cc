#include "tsdb/store/unwanted_keys.h"

#include <algorithm>

namespace tidemark::tsdb {
namespace {

class Filter : public rocksdb::CompactionFilter {
 public:
  explicit Filter(std::vector<UnwantedKeys::Range> ranges) : ranges_(std::move(ranges)) {}

  const char* Name() const override { return "tidemark.unwanted_keys"; }
  // Goes on behind the range, without a mark for each key in it.
  Decision FilterV2(int, const rocksdb::Slice& key, ValueType, const rocksdb::Slice&, std::string*,
                    std::string* skip_until) const override {
    for (const auto& [begin, end] : ranges_) {
      if (key.compare(begin) < 0 || key.compare(end) >= 0) continue;
      *skip_until = end;
      return Decision::kRemoveAndSkipUntil;
    }
    return Decision::kKeep;
  }

 private:
  const std::vector<UnwantedKeys::Range> ranges_;
};

}  // namespace

void UnwantedKeys::Add(Range range) {
  MutexLock lock(mutex_);
  ranges_.push_back(std::move(range));
}

void UnwantedKeys::Remove(const Range& range) {
  MutexLock lock(mutex_);
  const auto found = std::find(ranges_.begin(), ranges_.end(), range);
  if (found != ranges_.end()) ranges_.erase(found);
}

void UnwantedKeys::Set(Range range) {
  MutexLock lock(mutex_);
  ranges_ = {std::move(range)};
}

std::unique_ptr<rocksdb::CompactionFilter> UnwantedKeys::CreateCompactionFilter(
    const rocksdb::CompactionFilter::Context&) {
  MutexLock lock(mutex_);
  if (ranges_.empty()) return nullptr;
  return std::make_unique<Filter>(ranges_);
}

}  // namespace tidemark::tsdb
