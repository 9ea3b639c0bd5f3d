// Tier blocks: the window aggregates of one series in some hours, or days, as bytes.
//
//   std::string value = EncodeTierBlock(Tier::kHour, windows);
//   ...
//   TierBlockReader block;
//   RETURN_IF_ERROR(block.Open(value));
//   for (size_t i = 0; i < block.size(); ++i) block.Read(i, agg);  // ends at block.end(i)
//
// What comes back is what was written, but for what no function can tell or nobody
// needs:
//   - of the float's sum and its compensation their sum is kept, where it is one of the
//     values' decimals but for rounding as that; the mean is what follows from it; and
//     of the squares as many bits as 1e-9 needs;
//   - nothing of them where sums overflowed, and of counters of fractions that are no
//     decimals: their windows say that they overflowed, so that samples are read;
//   - of native histograms no sums are kept (HistogramAgg::no_sums), and no
//     correction where only samples tell anyway.
// Layout: docs/formats.md, tier blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/agg/agg.h"
#include "tsdb/base/status.h"
#include "tsdb/tier/tier_columns.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::tsdb {

// The most windows in one block.
inline constexpr size_t kMostTierWindows = TierColumns::kMost;

struct TierWindow {
  int64_t end = 0;  // a border of the tier
  Agg agg;          // of samples, or a stale marker, in the window
};

// At least one window and at most kMostTierWindows; ends ascend.
std::string EncodeTierBlock(Tier tier, std::span<const TierWindow> windows);

// Threads: one.  Ownership: views the bytes it was opened with.
class TierBlockReader {
 public:
  enum class Part {
    kAll,
    // Of floats no more than counts, the first and the last, corrections and resets;
    // the rest is 0.
    kIncrease,
  };

  // Checks and reads all of it.  May be called again, for another block.
  //   kDataLoss  the bytes were not written by EncodeTierBlock for this tier
  Status Open(Tier tier, std::string_view value, Part part = Part::kAll);

  size_t size() const { return columns_.windows; }
  int64_t end(size_t i) const {
    return static_cast<int64_t>(columns_.end[i]) * TierWindowMs(tier_);
  }
  // Of the window that ends at end(i); `agg` may hold anything before.
  void Read(size_t i, Agg& agg) const;

 private:
  Status OpenHistograms(std::string_view in);
  bool CheckWindows();
  bool CheckFloats(size_t i) const;
  bool CheckHistograms(size_t i) const;
  int64_t begin(size_t i) const { return end(i) - TierWindowMs(tier_); }
  void ReadFloats(size_t i, FloatAgg& out) const;
  void ReadHistograms(size_t i, HistogramAgg& out) const;

  Tier tier_ = Tier::kHour;
  TierColumns columns_;
  // By window: its place among those with floats, with sums, with histograms, and of its
  // first histogram in edges_, of its correction in corrections_.
  struct Place {
    uint8_t floats;
    uint8_t summed;
    uint8_t histograms;
    uint8_t edge;
    uint8_t correction;
  };
  std::array<Place, kMostTierWindows> places_;
  std::vector<FloatHistogram> edges_;
  std::vector<FloatHistogram> corrections_;
};

}  // namespace tidemark::tsdb
