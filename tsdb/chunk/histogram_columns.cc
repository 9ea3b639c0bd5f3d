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

using Histograms = std::span<const FloatHistogram* const>;

GroupKind KindOf(const FloatHistogram& h) {
  if (IsBareMarker(h)) return GroupKind::kStale;
  return HasFractions(h) ? GroupKind::kFractions : GroupKind::kWhole;
}

uint64_t Whole(double count) { return static_cast<uint64_t>(static_cast<int64_t>(count)); }

// Of the counts but that of all: the zero count, then buckets on both sides.
size_t ColumnsOf(const FloatHistogram& h) {
  return 1 + h.positive_buckets.size() + h.negative_buckets.size();
}
double CountAt(const FloatHistogram& h, size_t column) {
  if (column == 0) return h.zero_count;
  --column;
  const size_t positive = h.positive_buckets.size();
  return column < positive ? h.positive_buckets[column] : h.negative_buckets[column - positive];
}

// As a reader adds them up.
double SumOfBuckets(const FloatHistogram& h) {
  double sum = 0;
  for (size_t column = 0; column < ColumnsOf(h); ++column) sum += CountAt(h, column);
  return sum;
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

void WriteHints(BitPacker& bits, Histograms histograms) {
  const auto hint = [](const FloatHistogram* h) {
    return static_cast<uint64_t>(h->counter_reset_hint);
  };
  const bool same = std::all_of(histograms.begin(), histograms.end(),
                                [&](const auto* h) { return hint(h) == hint(histograms[0]); });
  bits.Write(same ? 0 : 1, 1);
  for (const FloatHistogram* h : histograms.first(same ? 1 : histograms.size())) {
    bits.Write(hint(h), kHintBits);
  }
}

template <typename F>
void WriteDoublesOf(BitPacker& bits, Histograms histograms, F value) {
  std::array<double, kHistogramGroupSamples> values;
  for (size_t i = 0; i < histograms.size(); ++i) values[i] = value(*histograms[i]);
  WriteDoubles(bits, {values.data(), histograms.size()});
}

class HistogramsEncoder {
 public:
  explicit HistogramsEncoder(uint64_t interval) : interval_(interval) {
    AppendVarint(out_, interval);
  }

  // Samples of one kind and one layout.
  void Add(std::span<const int64_t> times, Histograms histograms);
  std::string Take() { return std::move(out_); }

 private:
  void WriteWhole(BitPacker& bits, Histograms histograms) const;
  void WriteFirsts(BitPacker& bits, const FloatHistogram& h);

  const uint64_t interval_;
  std::string out_;
  uint64_t expected_ = 0;
  const FloatHistogram* layout_ = nullptr;  // the last one that was written
  std::vector<uint64_t> firsts_;            // of the last group of whole counts with it
};

void HistogramsEncoder::Add(std::span<const int64_t> times, Histograms histograms) {
  const FloatHistogram& h = *histograms[0];
  const GroupKind kind = KindOf(h);
  const bool new_layout =
      kind != GroupKind::kStale && (layout_ == nullptr || !SameLayout(*layout_, h));
  std::string group;
  if (new_layout) {
    AppendLayout(group, h);
    layout_ = &h;
    firsts_.assign(ColumnsOf(h), 0);
  }
  BitPacker bits;
  bits.Write(static_cast<uint64_t>(kind), kGroupKindBits);
  if (kind == GroupKind::kWhole) WriteFirsts(bits, h);
  WriteTimes(bits, times, interval_);
  WriteHints(bits, histograms);
  if (kind != GroupKind::kStale) {
    WriteDoublesOf(bits, histograms, [](const FloatHistogram& x) { return x.sum; });
  }
  if (kind == GroupKind::kWhole) WriteWhole(bits, histograms);
  if (kind == GroupKind::kFractions) {
    WriteDoublesOf(bits, histograms, [](const FloatHistogram& x) { return x.count; });
    for (size_t column = 0; column < ColumnsOf(h); ++column) {
      WriteDoublesOf(bits, histograms,
                     [column](const FloatHistogram& x) { return CountAt(x, column); });
    }
  }
  group += bits.Finish();
  const auto first = static_cast<uint64_t>(times[0]);
  AppendZigzag(out_, static_cast<int64_t>(first - expected_));
  out_.push_back(static_cast<char>((times.size() - 1) | (new_layout ? kGroupHasLayout : 0)));
  AppendLengthPrefixed(out_, group);
  expected_ = first + times.size() * interval_;
}

void HistogramsEncoder::WriteFirsts(BitPacker& bits, const FloatHistogram& h) {
  for (size_t column = 0; column < firsts_.size(); ++column) {
    const uint64_t first = Whole(CountAt(h, column));
    WriteNumber(bits, first - firsts_[column]);
    firsts_[column] = first;
  }
}

void HistogramsEncoder::WriteWhole(BitPacker& bits, Histograms histograms) const {
  std::array<uint64_t, kHistogramGroupSamples> space;
  const std::span<uint64_t> numbers(space.data(), histograms.size());
  bool sums = true;
  for (size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = Whole(histograms[i]->count);
    sums &= histograms[i]->count == SumOfBuckets(*histograms[i]);
  }
  bits.Write(sums ? 0 : 1, 1);
  if (!sums) WriteColumn(bits, numbers);
  if (numbers.size() == 1) return;
  for (size_t column = 0; column < firsts_.size(); ++column) {
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = Whole(CountAt(*histograms[i], column));
    WriteRest(bits, numbers);
  }
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
  XorWriter writer;
  bits.Write(std::bit_cast<uint64_t>(values[0]), 64);
  writer.Start(std::bit_cast<uint64_t>(values[0]));
  for (const double v : values.subspan(1)) writer.Append(bits, std::bit_cast<uint64_t>(v));
}

bool ReadDoubles(BitReader& bits, std::span<double> values) {
  uint64_t is_xor, id, first;
  if (!bits.Read(1, is_xor)) return false;
  if (is_xor == 0) {
    if (!bits.Read(kScaleBits, id)) return false;
    const std::optional<ValueScale> scale = ValueScale::FromId(id);
    return scale && ReadScaled(bits, *scale, values);
  }
  XorReader reader;
  if (!bits.Read(64, first)) return false;
  reader.Start(first);
  values[0] = std::bit_cast<double>(first);
  for (double& v : values.subspan(1)) {
    if (!reader.Read(bits)) return false;
    v = std::bit_cast<double>(reader.value());
  }
  return true;
}

SealedHistograms SealHistograms(std::span<const int64_t> times, Histograms histograms) {
  CHECK(!times.empty() && times.size() == histograms.size(), "a histogram for each of some times");
  HistogramsEncoder encoder(FindInterval(times));
  for (size_t from = 0; from < times.size();) {
    const FloatHistogram& h = *histograms[from];
    const GroupKind kind = KindOf(h);
    size_t end = from + 1;
    while (end < times.size() && end - from < kHistogramGroupSamples &&
           KindOf(*histograms[end]) == kind && SameLayout(*histograms[end], h)) {
      ++end;
    }
    encoder.Add(times.subspan(from, end - from), histograms.subspan(from, end - from));
    from = end;
  }
  return {static_cast<uint32_t>(times.size()), encoder.Take()};
}

}  // namespace tidemark::tsdb
