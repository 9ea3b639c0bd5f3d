// Postings: the series of one label pair, as dense refs in ascending order.
//
// Most pairs of labels like `instance` belong to one series or a handful, a few
// pairs to all of them: one ref lies in place, up to kFew in an array, more in a
// roaring bitmap.  16 bytes, because there is one for each label pair.
//
// Threads: like a std::vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <roaring/roaring.hh>

#include "tsdb/index/series.h"

namespace tidemark::tsdb {

class Postings {
 public:
  Postings() = default;
  ~Postings();
  Postings(const Postings&) = delete;
  Postings& operator=(const Postings&) = delete;

  // A ref that is there already, or not there, changes nothing.
  void Add(DenseRef ref);
  void Remove(DenseRef ref);
  bool empty() const { return kind_ == kNone; }
  size_t size() const;

  void AddTo(Roaring& set) const;          // set |= this
  void RemoveFrom(Roaring& set) const;     // set -= this
  void IntersectInto(Roaring& set) const;  // set &= this
  bool Intersects(const Roaring& set) const;
  size_t IntersectionSize(const Roaring& set) const;
  Roaring ToRoaring() const;

  // On the heap, beside the object.
  size_t HeapBytes() const;

 private:
  static constexpr uint32_t kFew = 64;
  // kind_: how many refs there are, up to kFew, or that they are many.
  static constexpr uint32_t kNone = 0;
  static constexpr uint32_t kOne = 1;
  static constexpr uint32_t kMany = kFew + 1;

  const DenseRef* few() const { return kind_ == kOne ? &one_ : few_; }
  // Moves the refs into an array with room for `n`, or back into place.
  void Reserve(uint32_t n);
  void BecomeMany();
  void BecomeFew();

  uint32_t kind_ = kNone;
  DenseRef one_ = 0;  // for kOne
  union {
    DenseRef* few_ = nullptr;  // sorted; with room for the next power of two
    Roaring* many_;            // for kMany
  };
};

}  // namespace tidemark::tsdb
