// UnionRuns: what several writes to one block of one series add up to.  The
// store's merge operator calls it, on whole values and on parts of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tidemark::tsdb {

struct UnionStats {
  uint64_t samples = 0;     // in the result
  uint64_t duplicates = 0;  // left out, because a sample at their time came first
  uint64_t opaque = 0;      // runs in the result that could not be read
};

// The union of run lists (tsdb/chunk/encoded_run.h), oldest first: all samples
// of all of them in time order; where two have the same time, the one of the
// older list, whatever its type.  The order of the runs inside a list decides
// in the same way.
//
// Associative and idempotent in what it holds: unions of unions in the same
// order, or with a list given again later, hold the same samples.
//
// Floats come out in runs of up to 1024, sealed (tsdb/chunk/column_chunk.h).
//
// Never fails.  What cannot be read is carried along byte for byte in a run of
// Codec::kOpaque at the end of the result, once for each different piece; so is
// a run that a later version wrote.  `stats` may be null.
std::string UnionRuns(std::span<const std::string_view> lists, UnionStats* stats = nullptr);

}  // namespace tidemark::tsdb
