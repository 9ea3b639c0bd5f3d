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
  uint64_t duplicates = 0;  // left out, because another sample at their time stays
  uint64_t cut = 0;         // left out, because a later cut removes them
  uint64_t opaque = 0;      // runs in the result that could not be read
};

// The union of run lists (tsdb/chunk/encoded_run.h), oldest first: all samples
// of all of them in time order.  Runs and cuts count in the order in which they
// stand in the lists:
//
//   - of samples at one time, whatever their type, the older stays, unless the
//     newer one's run says kLastWins.  Whichever stays keeps its flags: runs of
//     the result are split where they change;
//   - the start of a sample (tsdb/chunk/start_column.h) stays with it, and goes
//     with it: one whose sample is left out counts for nothing;
//   - a cut removes what is older than it.  Cuts are in the result, joined and at
//     its front, for older lists that may be united with it later.
//
// Associative: unions of unions in the same order hold the same samples and the
// same cuts.  Idempotent: so does a union in which the last lists, from any one
// of them on, are given once more at the end.
//
// Samples come out sealed: floats in runs of up to 2048 (tsdb/chunk/column_chunk.h),
// histograms of up to 512 (tsdb/chunk/histogram_columns.h).
//
// Never fails.  What cannot be read is carried along byte for byte in a run of
// Codec::kOpaque at the end of the result, once for each different piece; so is
// a run that a later version wrote.  Cuts do not touch these.  `stats` may be null.
std::string UnionRuns(std::span<const std::string_view> lists, UnionStats* stats = nullptr);

// The same where nothing older exists: cuts are left out.  The result is empty
// where they removed all.
std::string UnionAllRuns(std::span<const std::string_view> lists, UnionStats* stats = nullptr);

// Whether a list is as UnionAllRuns writes them, so that a reader need not unite
// it: no cuts, runs that ascend without overlap.
bool IsPlainRunList(std::string_view list);

}  // namespace tidemark::tsdb
