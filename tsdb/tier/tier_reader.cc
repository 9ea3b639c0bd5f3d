#include "tsdb/tier/tier_reader.h"

#include <algorithm>

namespace tidemark::tsdb {

int64_t TierWindowEnd(Tier tier, int64_t t) {
  const int64_t window = TierWindowMs(tier);
  int64_t rest = t % window;
  if (rest == 0) return t;
  if (rest < 0) rest += window;
  const int64_t last = std::numeric_limits<int64_t>::max() / window * window;
  return t >= last ? last : t + (window - rest);
}

TierSpan WholeWindows(Tier tier, int64_t from, int64_t to) {
  const int64_t begin = TierWindowEnd(tier, from);
  const int64_t window = TierWindowMs(tier);
  const int64_t smallest = std::numeric_limits<int64_t>::min() / window * window;
  if (to < smallest || begin < from) return {};
  const int64_t rest = to % window;
  const int64_t end = to - (rest < 0 ? rest + window : rest);
  return begin < end ? TierSpan{begin, end} : TierSpan{};
}

std::vector<TierSpan> WithoutWindows(Tier tier, TierSpan whole, std::span<const TierSpan> spans) {
  std::vector<TierSpan> left;
  int64_t from = whole.from;
  for (const TierSpan& span : spans) {
    if (span.to <= from || span.from >= whole.to || span.from >= span.to) continue;
    const int64_t until = WholeWindows(tier, from, span.from).to;
    if (span.from > from && until > from) left.push_back({from, until});
    from = std::min(whole.to, TierWindowEnd(tier, span.to));
  }
  if (from < whole.to) left.push_back({from, whole.to});
  return left;
}

}  // namespace tidemark::tsdb
