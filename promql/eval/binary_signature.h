// Which series of two vectors belong together: those with the same signature,
// the labels that a binary operator matches on.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "promql/parser/ast.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

// The labels to match on: those of on(…), or all but the metric's name and those
// of ignoring(…).
tsdb::Labels MatchLabels(const tsdb::Labels& labels, const VectorMatching& matching);

// Signatures by number, 0, 1, 2 …; the series of both sides by that number.
struct Signatures {
  std::vector<uint32_t> lhs;
  std::vector<uint32_t> rhs;
  uint32_t count = 0;
};
Signatures MakeSignatures(std::span<const tsdb::Labels> lhs, std::span<const tsdb::Labels> rhs,
                          const VectorMatching& matching);

}  // namespace tidemark::promql
