// Postings: the series of one label pair, as dense refs in ascending order.
//
// Most pairs of labels like `instance` belong to a handful of series, a few
// pairs to all of them: up to kFew refs lie in a plain vector, more in a
// roaring bitmap.
//
// Threads: like a std::vector.
#pragma once

#include <cstddef>
#include <memory>
#include <roaring/roaring.hh>
#include <vector>

#include "tsdb/index/series.h"

namespace tidemark::tsdb {

class Postings {
 public:
  // `ref` must be greater than all before it.
  void Add(DenseRef ref);
  size_t size() const { return many_ == nullptr ? few_.size() : many_->cardinality(); }

  void AddTo(Roaring& set) const;       // set |= this
  void RemoveFrom(Roaring& set) const;  // set -= this
  bool Intersects(const Roaring& set) const;
  Roaring ToRoaring() const;

 private:
  static constexpr size_t kFew = 16;
  std::vector<DenseRef> few_;  // empty once there are many
  std::unique_ptr<Roaring> many_;
};

}  // namespace tidemark::tsdb
