#include "promql/eval/top_heap.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tidemark::promql {
namespace {

using Entry = TopHeap::Entry;

// Two NaNs are each below the other, as in Prometheus.
bool Below(const Entry& a, const Entry& b) { return std::isnan(a.value) || a.value < b.value; }

}  // namespace

void TopHeap::SiftUp(size_t i) {
  while (i > 0) {
    const size_t parent = (i - 1) / 2;
    if (!Below(entries_[i], entries_[parent])) return;
    std::swap(entries_[i], entries_[parent]);
    i = parent;
  }
}

void TopHeap::SiftDown() {
  size_t i = 0;
  while (true) {
    size_t child = 2 * i + 1;
    if (child >= entries_.size()) return;
    if (child + 1 < entries_.size() && Below(entries_[child + 1], entries_[child])) ++child;
    if (!Below(entries_[child], entries_[i])) return;
    std::swap(entries_[i], entries_[child]);
    i = child;
  }
}

void TopHeap::Offer(size_t k, double value, uint32_t series) {
  if (entries_.size() < k) {
    entries_.push_back({value, series});
    SiftUp(entries_.size() - 1);
    return;
  }
  Entry& smallest = entries_.front();
  const bool larger = smallest.value < value || (std::isnan(smallest.value) && !std::isnan(value));
  if (!larger) return;
  smallest = {value, series};
  SiftDown();
}

std::vector<Entry> TopHeap::Sorted() {
  std::vector<Entry> sorted = std::move(entries_);
  entries_.clear();
  std::stable_sort(sorted.begin(), sorted.end(), [](const Entry& a, const Entry& b) {
    if (std::isnan(a.value) || std::isnan(b.value))
      return std::isnan(b.value) && !std::isnan(a.value);
    return a.value > b.value;
  });
  return sorted;
}

}  // namespace tidemark::promql
