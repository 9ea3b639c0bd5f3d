#include "tsdb/chunk/histogram_columns.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <vector>

#include "tsdb/base/check.h"
#include "tsdb/base/varint.h"
#include "tsdb/chunk/column_times.h"
#include "tsdb/chunk/histogram_layout.h"
#include "tsdb/chunk/row_column.h"
#include "tsdb/chunk/scaled_group.h"
#include "tsdb/chunk/value_scale.h"
#include "tsdb/chunk/xor_values.h"

namespace tidemark::tsdb {
namespace {

// As a reader adds them up.
bool CountsAreSums(const HistogramTable& table, const HistogramGroup& group) {
  std::array<double, kHistogramGroupSamples> sums{};
  for (size_t column = 0; column < group.columns; ++column) {
    const std::span<const uint64_t> numbers = table.column(group, column);
    for (size_t i = 0; i < numbers.size(); ++i) {
      sums[i] += static_cast<double>(static_cast<int64_t>(numbers[i]));
    }
  }
  const std::span<const uint64_t> counts = table.counts(group);
  return std::equal(counts.begin(), counts.end(), sums.begin(), [](uint64_t count, double sum) {
    return static_cast<double>(static_cast<int64_t>(count)) == sum;
  });
}

// What follows a first number: as differences from it or, where neighbours are
// closer to each other, from the one before.
void WriteRest(BitPacker& bits, std::span<const uint64_t> numbers) {
  std::array<uint64_t, kHistogramGroupSamples> from_first, growth;
  const size_t n = numbers.size() - 1;
  bool rises = true;
  for (size_t i = 0; i < n; ++i) {
    from_first[i] = numbers[i + 1] - numbers[0];
    growth[i] = numbers[i + 1] - numbers[i];
    rises &= static_cast<int64_t>(growth[i]) >= 0;
  }
  const bool grows = rises || RowBits({growth.data(), n}) <= RowBits({from_first.data(), n});
  bits.Write(grows ? 1 : 0, 1);
  WriteRow(bits, {grows ? growth.data() : from_first.data(), n});
}

void WriteHints(BitPacker& bits, std::span<const CounterResetHint> hints) {
  const bool same = std::all_of(hints.begin(), hints.end(),
                                [&](CounterResetHint hint) { return hint == hints[0]; });
  bits.Write(same ? 0 : 1, 1);
  for (const CounterResetHint hint : hints.first(same ? 1 : hints.size())) {
    bits.Write(static_cast<uint64_t>(hint), kHintBits);
  }
}

void WriteFraction(BitPacker& bits, std::span<const uint64_t> numbers) {
  std::array<double, kHistogramGroupSamples> values;
  std::transform(numbers.begin(), numbers.end(), values.begin(),
                 [](uint64_t v) { return std::bit_cast<double>(v); });
  WriteDoubles(bits, {values.data(), numbers.size()});
}

class HistogramsEncoder {
 public:
  explicit HistogramsEncoder(const HistogramTable& table)
      : table_(table), interval_(FindInterval(table.times())) {
    AppendVarint(out_, interval_);
  }

  void Add(const HistogramGroup& group);
  std::string Take() { return std::move(out_); }

 private:
  void WriteWhole(BitPacker& bits, const HistogramGroup& group) const;
  void WriteFirsts(BitPacker& bits, const HistogramGroup& group);

  const HistogramTable& table_;
  const uint64_t interval_;
  std::string out_;
  uint64_t expected_ = 0;
  bool any_layout_ = false;
  size_t layout_ = 0;             // the last one that was written
  std::vector<uint64_t> firsts_;  // of the last group of whole counts with it
};

void HistogramsEncoder::Add(const HistogramGroup& group) {
  const bool stale = group.kind == HistogramKind::kStale;
  const bool new_layout = !stale && (!any_layout_ || layout_ != group.layout);
  std::string bytes;
  if (new_layout) {
    AppendLayout(bytes, table_.layout(group));
    any_layout_ = true;
    layout_ = group.layout;
    firsts_.assign(group.columns, 0);
  }
  BitPacker bits;
  bits.Write(static_cast<uint64_t>(group.kind), kGroupKindBits);
  if (group.kind == HistogramKind::kWhole) WriteFirsts(bits, group);
  const std::span<const int64_t> times = table_.times(group);
  WriteTimes(bits, times, interval_);
  WriteHints(bits, table_.hints(group));
  if (!stale) WriteDoubles(bits, table_.sums(group));
  if (group.kind == HistogramKind::kWhole) WriteWhole(bits, group);
  if (group.kind == HistogramKind::kFractions) {
    WriteFraction(bits, table_.counts(group));
    for (size_t column = 0; column < group.columns; ++column) {
      WriteFraction(bits, table_.column(group, column));
    }
  }
  bytes += bits.Finish();
  const auto first = static_cast<uint64_t>(times[0]);
  AppendZigzag(out_, static_cast<int64_t>(first - expected_));
  out_.push_back(static_cast<char>((times.size() - 1) | (new_layout ? kGroupHasLayout : 0)));
  AppendLengthPrefixed(out_, bytes);
  expected_ = first + times.size() * interval_;
}

void HistogramsEncoder::WriteFirsts(BitPacker& bits, const HistogramGroup& group) {
  for (size_t column = 0; column < firsts_.size(); ++column) {
    const uint64_t first = table_.column(group, column)[0];
    WriteNumber(bits, first - firsts_[column]);
    firsts_[column] = first;
  }
}

void HistogramsEncoder::WriteWhole(BitPacker& bits, const HistogramGroup& group) const {
  const bool sums = CountsAreSums(table_, group);
  bits.Write(sums ? 0 : 1, 1);
  if (!sums) WriteColumn(bits, table_.counts(group));
  if (group.samples == 1) return;
  for (size_t column = 0; column < group.columns; ++column) {
    WriteRest(bits, table_.column(group, column));
  }
}

SealedHistograms SealTable(const HistogramTable& table) {
  HistogramsEncoder encoder(table);
  for (const HistogramGroup& group : table.groups()) encoder.Add(group);
  return {static_cast<uint32_t>(table.times().size()), encoder.Take(), table.times().front(),
          table.times().back()};
}

// A thread seals thousands of series one after another.
HistogramTable& EmptyTable(size_t samples) {
  thread_local HistogramTable table;
  table.Clear(samples);
  return table;
}

}  // namespace

void WriteDoubles(BitPacker& bits, std::span<const double> values) {
  const std::optional<ValueScale> scale = ValueScale::Find(values);
  bits.Write(scale ? 0 : 1, 1);
  if (scale) {
    bits.Write(scale->id(), kScaleBits);
    WriteScaled(bits, values, *scale);
    return;
  }
  WriteXorValues(bits, values);
}

bool ReadDoubles(BitReader& bits, std::span<double> values) {
  uint64_t is_xor, id;
  if (!bits.Read(1, is_xor)) return false;
  if (is_xor != 0) return ReadXorValues(bits, values);
  if (!bits.Read(kScaleBits, id)) return false;
  const std::optional<ValueScale> scale = ValueScale::FromId(id);
  return scale && ReadScaled(bits, *scale, values);
}

SealedHistograms SealHistograms(std::span<const int64_t> times,
                                std::span<const FloatHistogram* const> histograms) {
  CHECK(!times.empty() && times.size() == histograms.size(), "a histogram for each of some times");
  HistogramTable& table = EmptyTable(times.size());
  for (size_t i = 0; i < times.size(); ++i) table.Add(times[i], *histograms[i]);
  return SealTable(table);
}

std::optional<SealedHistograms> SealHistogramChunks(std::span<const ChunkView> chunks) {
  size_t samples = 0;
  for (const ChunkView& chunk : chunks) samples += chunk.count;
  HistogramTable& table = EmptyTable(samples);
  for (const ChunkView& chunk : chunks) {
    if (!table.AddChunk(chunk)) return std::nullopt;
  }
  if (table.times().empty()) return std::nullopt;
  return SealTable(table);
}

}  // namespace tidemark::tsdb
