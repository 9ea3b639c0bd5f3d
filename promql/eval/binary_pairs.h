// Which series a binary operator between vectors makes out of which.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "promql/eval/binary_signature.h"
#include "promql/parser/ast.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

// One series of the answer.  "One" is the side of which a signature may have one
// sample per step; "many" is the other one (also where one-to-one).
struct Pair {
  static constexpr uint32_t kFill = std::numeric_limits<uint32_t>::max();  // the fill value
  static constexpr uint32_t kAnyOrFill = kFill - 1;  // whichever there is: labels do not tell
  static constexpr uint32_t kNoRivals = kFill;

  uint32_t many = kFill;  // a series, or kFill
  uint32_t one = kFill;   // a series: only where the sample is its; kFill; kAnyOrFill
  uint32_t signature = 0;
  // Pairs with the same number may not both have a result at one step.
  uint32_t rivals = kNoRivals;
};

struct Pairs {
  std::vector<Pair> pairs;  // those of a many series together, ascending; kFill last
  std::vector<tsdb::Labels> labels;
  uint32_t rivals = 0;  // numbers used
};

// `signatures.lhs` are those of `many`, `.rhs` those of `one`.  Under delayed name
// removal what `bool` makes is marked (metadata_labels.h).
Pairs MakePairs(const BinaryExpr& expr, std::span<const tsdb::Labels> many,
                std::span<const tsdb::Labels> one, const Signatures& signatures,
                bool delayed_name_removal = false);

}  // namespace tidemark::promql
