#include "tsdb/chunk/cuts.h"

#include <algorithm>

namespace tidemark::tsdb {
namespace {

// Whether nothing lies between `last` and `first`; both inclusive.
bool Meets(int64_t last, int64_t first) { return first <= last || first - 1 == last; }

}  // namespace

void Cuts::Add(const EncodedRun& cut, uint32_t place) {
  cuts_.push_back({cut.info.min_t, cut.info.max_t, cut.info.sequence, place});
}

bool Cuts::Removes(int64_t t, uint32_t place) const { return RemovesAll({t, t}, place); }

bool Cuts::RemovesAll(const RunInfo& run, uint32_t place) const {
  return std::any_of(cuts_.begin(), cuts_.end(), [&](const Cut& cut) {
    return cut.place > place && cut.first <= run.min_t && run.max_t <= cut.last;
  });
}

bool Cuts::Touches(const RunInfo& run, uint32_t place) const {
  return std::any_of(cuts_.begin(), cuts_.end(), [&](const Cut& cut) {
    return cut.place > place && cut.first <= run.max_t && run.min_t <= cut.last;
  });
}

void Cuts::AppendTo(std::string& out) const {
  std::vector<Cut> sorted = cuts_;
  std::sort(sorted.begin(), sorted.end(),
            [](const Cut& a, const Cut& b) { return a.first < b.first; });
  for (size_t i = 0; i < sorted.size();) {
    Cut joined = sorted[i];
    for (++i; i < sorted.size() && Meets(joined.last, sorted[i].first); ++i) {
      joined.last = std::max(joined.last, sorted[i].last);
      joined.sequence = std::max(joined.sequence, sorted[i].sequence);
    }
    AppendRun(out, {Codec::kCut, 0, {}}, {joined.first, joined.last, joined.sequence, 0});
  }
}

}  // namespace tidemark::tsdb
