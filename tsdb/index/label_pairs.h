// LabelPairs: every label pair of a tenant's series once, under a number, with
// the series that have it.
//
// Label values come again and again, in one series after the other; with
// numbers for pairs, a series' labels take four bytes each.
//
// Threads: one writes, and then nobody reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_set.h"
#include "tsdb/index/postings.h"

namespace tidemark::tsdb {

using PairRef = uint32_t;

class LabelPairs {
 private:
  struct ByValue {
    using is_transparent = void;
    const LabelPairs* pairs;
    bool operator()(PairRef a, PairRef b) const { return pairs->value(a) < pairs->value(b); }
    bool operator()(PairRef a, std::string_view b) const { return pairs->value(a) < b; }
    bool operator()(std::string_view a, PairRef b) const { return a < pairs->value(b); }
  };

 public:
  // The pairs of one name, by value, so that a prefix is one range of them.
  using Values = absl::btree_set<PairRef, ByValue>;
  using Names = std::map<std::string, Values, std::less<>>;

  PairRef FindOrAdd(std::string_view name, std::string_view value);
  // Null when no series has the label.
  const Values* Find(std::string_view name) const;
  // Forgets a pair whose postings are empty; its number is given again.
  void Remove(PairRef ref);

  const Names& names() const { return names_; }
  std::string_view name(PairRef ref) const { return pairs_[ref].name->first; }
  std::string_view value(PairRef ref) const { return pairs_[ref].value; }
  Postings& postings(PairRef ref) { return pairs_[ref].postings; }
  const Postings& postings(PairRef ref) const { return pairs_[ref].postings; }

  // In memory, roughly.
  size_t SizeBytes(PairRef ref) const;

 private:
  struct Pair {
    Names::iterator name;
    std::string value;
    Postings postings;
  };

  Names names_;
  std::deque<Pair> pairs_;
  std::vector<PairRef> free_;
};

}  // namespace tidemark::tsdb
