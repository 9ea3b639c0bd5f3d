#include "tsdb/index/label_pairs.h"

namespace tidemark::tsdb {
namespace {

// Of the B-tree of values: a number in a node that is three quarters full.
constexpr size_t kNodeBytes = 6;
// What a std::string holds without the heap.
constexpr size_t kInPlace = 15;

}  // namespace

PairRef LabelPairs::FindOrAdd(std::string_view name, std::string_view value) {
  auto at = names_.find(name);
  if (at == names_.end()) at = names_.try_emplace(std::string(name), ByValue{this}).first;
  const auto found = at->second.lower_bound(value);
  if (found != at->second.end() && this->value(*found) == value) return *found;
  PairRef ref;
  if (free_.empty()) {
    ref = static_cast<PairRef>(pairs_.size());
    pairs_.emplace_back();
  } else {
    ref = free_.back();
    free_.pop_back();
  }
  pairs_[ref].name = at;
  pairs_[ref].value = value;
  at->second.insert(found, ref);
  return ref;
}

const LabelPairs::Values* LabelPairs::Find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}

void LabelPairs::Remove(PairRef ref) {
  const auto name = pairs_[ref].name;
  name->second.erase(ref);
  if (name->second.empty()) names_.erase(name);
  pairs_[ref].value = std::string();
  free_.push_back(ref);
}

size_t LabelPairs::SizeBytes(PairRef ref) const {
  const Pair& pair = pairs_[ref];
  const size_t value = pair.value.size() > kInPlace ? pair.value.capacity() + 1 : 0;
  return sizeof(Pair) + kNodeBytes + value + pair.postings.HeapBytes();
}

}  // namespace tidemark::tsdb
