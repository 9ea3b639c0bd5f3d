#include "tsdb/model/histogram_custom.h"

#include <algorithm>
#include <iterator>

#include "tsdb/model/histogram_bounds.h"
#include "tsdb/model/histogram_side.h"

namespace tidemark::tsdb {

std::vector<double> SharedBounds(std::span<const double> a, std::span<const double> b) {
  std::vector<double> shared;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(shared));
  return shared;
}

RebucketedCounts::RebucketedCounts(std::span<const double> bounds)
    : bounds(bounds), counts(bounds.size() + 1), compensations(bounds.size() + 1) {}

void RebucketedCounts::Add(const FloatHistogram& h, double sign, const FloatHistogram* c) {
  SideReader at(h.positive_spans, h.positive_buckets);
  size_t target = 0;
  while (at.Next()) {
    const double upper = CustomBound(at.index(), h.custom_values);
    while (target < bounds.size() && bounds[target] < upper) ++target;
    KahanInc(sign * at.count(), counts[target], compensations[target]);
    if (c != nullptr) {
      KahanInc(sign * c->positive_buckets[at.position()], counts[target], compensations[target]);
    }
  }
}

}  // namespace tidemark::tsdb
