// HistogramTable: samples of one series on their way into histogram columns
// (tsdb/chunk/histogram_columns.h): groups of one kind and one layout, each number
// in its column.
//
//   HistogramTable table;
//   table.Add(t, h);                       // times ascend strictly
//   for (const HistogramGroup& g : table.groups()) Use(table.column(g, 0));
//
// Its memory is used again after Clear: a table of 512 samples has some 300 KiB.
//
// Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tsdb/chunk/histogram_cursor.h"
#include "tsdb/chunk/histogram_layout.h"

namespace tidemark::tsdb {

struct HistogramGroup {
  HistogramKind kind = HistogramKind::kStale;
  size_t first = 0;  // of its samples, in the table
  size_t samples = 0;
  size_t columns = 0;  // the zero count and buckets; 0 for stale markers
  size_t layout = 0;   // which one; not of stale markers
  size_t at = 0;       // of its numbers
  size_t stride = 0;   // from column to column
};

class HistogramTable {
 public:
  // The most samples of a group.
  static constexpr size_t kGroupSamples = 128;

  // Empties it; `samples`: about how many will be added.
  void Clear(size_t samples);

  // Spans and buckets must agree (FloatHistogram::Validate).
  void Add(int64_t t, const FloatHistogram& h);
  // All samples of a chunk of Codec::kHistogram.  False, and the table is of no use,
  // where it cannot be read to its end, or does not begin after what was added.
  bool AddChunk(const ChunkView& chunk);

  std::span<const HistogramGroup> groups() const { return groups_; }
  const FloatHistogram& layout(const HistogramGroup& group) const { return layouts_[group.layout]; }

  // Of all samples.
  std::span<const int64_t> times() const { return times_; }
  // Of one group, by sample.
  std::span<const int64_t> times(const HistogramGroup& g) const { return Of(times_, g); }
  std::span<const CounterResetHint> hints(const HistogramGroup& g) const { return Of(hints_, g); }
  std::span<const double> sums(const HistogramGroup& g) const { return Of(sums_, g); }
  // Integers or bits of doubles, as HistogramCursor::counts.
  std::span<const uint64_t> counts(const HistogramGroup& g) const { return Of(counts_, g); }
  std::span<const uint64_t> column(const HistogramGroup& g, size_t column) const {
    return {numbers_.data() + g.at + column * g.stride, g.samples};
  }

 private:
  template <typename T>
  static std::span<const T> Of(const std::vector<T>& all, const HistogramGroup& g) {
    return std::span<const T>(all).subspan(g.first, g.samples);
  }
  // The group for the next sample; `same_layout`: as the last one that was added.
  HistogramGroup& Open(HistogramKind kind, const FloatHistogram& layout, bool same_layout);
  // `same_layout`: as the last one that was added.
  void Add(const HistogramCursor& cursor, bool same_layout);
  void AddLayout(const FloatHistogram& layout);
  // Makes room for the sample, and returns where its first column's number goes; null
  // for a stale marker, which has none.
  uint64_t* AddSample(HistogramGroup& group, int64_t t, CounterResetHint hint, double sum);

  size_t expected_ = 0;  // samples in all
  std::vector<HistogramGroup> groups_;
  std::vector<FloatHistogram> layouts_;
  size_t used_layouts_ = 0;
  std::vector<int64_t> times_;
  std::vector<CounterResetHint> hints_;
  std::vector<double> sums_;
  std::vector<uint64_t> counts_;
  std::vector<uint64_t> numbers_;  // the first `used_` of them
  size_t used_ = 0;
};

}  // namespace tidemark::tsdb
