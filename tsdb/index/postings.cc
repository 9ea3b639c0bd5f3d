#include "tsdb/index/postings.h"

#include <algorithm>
#include <bit>

namespace tidemark::tsdb {
namespace {

// Of a bitmap that is hardly filled: the object, its arrays and one container.
constexpr size_t kBitmapBytes = 160;

}  // namespace

Postings::~Postings() {
  if (kind_ == kMany) {
    delete many_;
  } else if (kind_ > kOne) {
    delete[] few_;
  }
}

size_t Postings::size() const { return kind_ == kMany ? many_->cardinality() : kind_; }

size_t Postings::HeapBytes() const {
  if (kind_ == kMany) return kBitmapBytes + many_->getSizeInBytes();
  return kind_ <= kOne ? 0 : std::bit_ceil(kind_) * sizeof(DenseRef);
}

void Postings::Reserve(uint32_t n) {
  const uint32_t had = kind_ <= kOne ? 1 : std::bit_ceil(kind_);
  const uint32_t want = std::max(1U, std::bit_ceil(n));
  if (had == want) return;
  if (want == 1) {
    const DenseRef kept = few_[0];
    delete[] few_;
    few_ = nullptr;
    one_ = kept;
    return;
  }
  auto* refs = new DenseRef[want];
  std::copy_n(few(), std::min(n, kind_), refs);
  if (kind_ > kOne) delete[] few_;
  few_ = refs;
}

void Postings::BecomeMany() {
  auto* many = new Roaring(kind_, few());
  delete[] few_;
  many_ = many;
  kind_ = kMany;
}

// At half of kFew, so that one ref more or less does not go back and forth.
void Postings::BecomeFew() {
  Roaring* many = many_;
  const auto n = static_cast<uint32_t>(many->cardinality());
  few_ = new DenseRef[std::bit_ceil(n)];
  many->toUint32Array(few_);
  kind_ = n;
  delete many;
}

void Postings::Add(DenseRef ref) {
  if (kind_ == kMany) {
    many_->add(ref);
    return;
  }
  const size_t at = static_cast<size_t>(std::lower_bound(few(), few() + kind_, ref) - few());
  if (at < kind_ && few()[at] == ref) return;
  if (kind_ == kFew) {
    BecomeMany();
    many_->add(ref);
    return;
  }
  if (kind_ == kNone) {
    one_ = ref;
  } else {
    Reserve(kind_ + 1);
    std::copy_backward(few_ + at, few_ + kind_, few_ + kind_ + 1);
    few_[at] = ref;
  }
  ++kind_;
}

void Postings::Remove(DenseRef ref) {
  if (kind_ == kMany) {
    many_->remove(ref);
    if (many_->cardinality() <= kFew / 2) BecomeFew();
    return;
  }
  const size_t at = static_cast<size_t>(std::lower_bound(few(), few() + kind_, ref) - few());
  if (at == kind_ || few()[at] != ref) return;
  if (kind_ > kOne) {
    std::copy(few_ + at + 1, few_ + kind_, few_ + at);
    Reserve(kind_ - 1);
  }
  --kind_;
}

void Postings::AddTo(Roaring& set) const {
  if (kind_ == kMany) {
    set |= *many_;
  } else {
    set.addMany(kind_, few());
  }
}

void Postings::RemoveFrom(Roaring& set) const {
  if (kind_ == kMany) {
    set -= *many_;
    return;
  }
  for (uint32_t i = 0; i < kind_; ++i) set.remove(few()[i]);
}

void Postings::IntersectInto(Roaring& set) const {
  if (kind_ == kMany) {
    set &= *many_;
  } else {
    set &= Roaring(kind_, few());
  }
}

size_t Postings::IntersectionSize(const Roaring& set) const {
  if (kind_ == kMany) return many_->and_cardinality(set);
  return static_cast<size_t>(
      std::count_if(few(), few() + kind_, [&set](DenseRef ref) { return set.contains(ref); }));
}

bool Postings::Intersects(const Roaring& set) const {
  if (kind_ == kMany) return many_->intersect(set);
  return std::any_of(few(), few() + kind_, [&set](DenseRef ref) { return set.contains(ref); });
}

Roaring Postings::ToRoaring() const {
  Roaring out;
  AddTo(out);
  return out;
}

}  // namespace tidemark::tsdb
