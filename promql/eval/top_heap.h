// TopHeap: the k largest values of those it was shown.
//
//   TopHeap heap;
//   for (…) heap.Offer(k, value, series);
//   for (const TopHeap::Entry& e : heap.Sorted()) …   // the largest first
//
// Among equal values it keeps and orders the same ones as Prometheus, whose
// container/heap it therefore follows move by move.  NaN is smaller than all else.
//
// For the k smallest, offer the negated values.
//
// Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidemark::promql {

class TopHeap {
 public:
  struct Entry {
    double value;
    uint32_t series;
  };

  void Offer(size_t k, double value, uint32_t series);
  size_t size() const { return entries_.size(); }

  // Descending; leaves it empty.
  std::vector<Entry> Sorted();

 private:
  void SiftUp(size_t i);
  void SiftDown();

  std::vector<Entry> entries_;  // a binary heap, the smallest in front
};

}  // namespace tidemark::promql
