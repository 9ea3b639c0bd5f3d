#include "tsdb/index/postings.h"

#include <algorithm>

namespace tidemark::tsdb {

void Postings::Add(DenseRef ref) {
  if (many_ == nullptr && few_.size() < kFew) {
    few_.push_back(ref);
    return;
  }
  if (many_ == nullptr) {
    many_ = std::make_unique<Roaring>(few_.size(), few_.data());
    few_ = {};
  }
  many_->add(ref);
}

void Postings::AddTo(Roaring& set) const {
  if (many_ != nullptr) {
    set |= *many_;
  } else {
    set.addMany(few_.size(), few_.data());
  }
}

void Postings::RemoveFrom(Roaring& set) const {
  if (many_ != nullptr) {
    set -= *many_;
    return;
  }
  for (const DenseRef ref : few_) set.remove(ref);
}

bool Postings::Intersects(const Roaring& set) const {
  if (many_ != nullptr) return many_->intersect(set);
  return std::any_of(few_.begin(), few_.end(), [&set](DenseRef ref) { return set.contains(ref); });
}

Roaring Postings::ToRoaring() const {
  Roaring out;
  AddTo(out);
  return out;
}

}  // namespace tidemark::tsdb
