#include "promql/eval/binary_signature.h"

#include <absl/container/flat_hash_map.h>

#include "promql/eval/metadata_labels.h"

namespace tidemark::promql {

using tsdb::Labels;

Labels MatchLabels(const Labels& labels, const VectorMatching& matching) {
  if (matching.on) return labels.Keep(matching.labels);
  return Unmarked(labels).DropMetricName().Drop(matching.labels);
}

Signatures MakeSignatures(std::span<const Labels> lhs, std::span<const Labels> rhs,
                          const VectorMatching& matching) {
  absl::flat_hash_map<Labels, uint32_t> numbers;
  auto number = [&](std::span<const Labels> series) {
    std::vector<uint32_t> of;
    of.reserve(series.size());
    for (const Labels& labels : series) {
      const uint32_t next = static_cast<uint32_t>(numbers.size());
      of.push_back(numbers.try_emplace(MatchLabels(labels, matching), next).first->second);
    }
    return of;
  };
  Signatures signatures;
  signatures.lhs = number(lhs);
  signatures.rhs = number(rhs);
  signatures.count = static_cast<uint32_t>(numbers.size());
  return signatures;
}

}  // namespace tidemark::promql
