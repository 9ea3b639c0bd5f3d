#include "tsdb/tier/tier_columns.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <optional>

#include "tsdb/base/varint.h"
#include "tsdb/chunk/histogram_columns.h"
#include "tsdb/chunk/rice_rows.h"
#include "tsdb/chunk/row_column.h"
#include "tsdb/chunk/value_scale.h"

// The layout is told once, by the functions over an Io: a writer, which takes the
// columns as they are, or a reader, which fills them.
namespace tidemark::tsdb {
namespace {

constexpr int kCountBits = 5;
static_assert(TierColumns::kMost == size_t{1} << kCountBits);
// So many low bits of a double are left out of squares: 31 remain, which is 2.4e-10.
constexpr int kSquaresShift = 21;
// As close as a sum must be to a whole number of the values' scale to be taken for
// it: what its own rounding comes to.
constexpr double kSumRounding = 1.0 / (int64_t{1} << 46);

using Numbers = TierColumns::Numbers;

class ColumnsWriter {
 public:
  explicit ColumnsWriter(BitPacker& bits) : bits_(bits) {}

  bool Count(size_t& n) {
    bits_.Write(n - 1, kCountBits);
    return true;
  }
  bool Column(std::span<uint64_t> numbers) {
    WriteColumn(bits_, numbers);
    return true;
  }
  bool Doubles(std::span<double> values) {
    WriteDoubles(bits_, values);
    return true;
  }
  // Times that are multiples of an interval, as such.
  bool Times(std::span<uint64_t> times) {
    uint64_t unit = 0;
    for (const uint64_t t : times) unit = std::gcd(unit, t);
    WriteNumber(bits_, unit);
    if (unit == 0) return true;
    Numbers units;
    for (size_t i = 0; i < times.size(); ++i) units[i] = times[i] / unit;
    return Column({units.data(), times.size()});
  }
  bool Scale(TierColumns& c) {
    scale_ = c.scale;
    bits_.Write(scale_ ? 1 : 0, 1);
    if (scale_) bits_.Write(scale_->id(), kScaleBits);
    return true;
  }
  // As whole numbers, which it gives back, less the expected ones.
  bool Values(std::span<double> values, const Numbers& expected, bool rounded, Numbers& whole);
  bool Squares(std::span<double> values) {
    Numbers numbers;
    for (size_t i = 0; i < values.size(); ++i) numbers[i] = Shortened(values[i]);
    return Column({numbers.data(), values.size()});
  }

 private:
  static uint64_t Shortened(double v) {
    const auto bits = std::bit_cast<uint64_t>(std::isnan(v) ? std::nan("") : v);
    const uint64_t half = std::isfinite(v) ? uint64_t{1} << (kSquaresShift - 1) : 0;
    return (bits + half) >> kSquaresShift;
  }
  bool ToWhole(double v, bool rounded, int64_t& n) const {
    if (scale_->ToWhole(v, n)) return true;
    if (!rounded || !scale_->ToNearest(v, n)) return false;
    return std::abs(scale_->FromWhole(n) - v) <= kSumRounding * std::abs(v);
  }

  BitPacker& bits_;
  std::optional<ValueScale> scale_;
};

bool ColumnsWriter::Values(std::span<double> values, const Numbers& expected, bool rounded,
                           Numbers& whole) {
  if (!scale_) return Doubles(values);
  std::array<uint8_t, TierColumns::kMost> odd;
  size_t odds = 0;
  Numbers off;
  for (size_t i = 0; i < values.size(); ++i) {
    int64_t n;
    if (ToWhole(values[i], rounded, n)) {
      whole[i] = static_cast<uint64_t>(n);
    } else {
      whole[i] = expected[i];
      odd[odds++] = static_cast<uint8_t>(i);
    }
    off[i] = whole[i] - expected[i];
  }
  Column({off.data(), values.size()});
  bits_.Write(odds > 0 ? 1 : 0, 1);
  if (odds > 0) bits_.Write(odds - 1, kCountBits);
  for (size_t k = 0; k < odds; ++k) {
    bits_.Write(odd[k], kCountBits);
    bits_.Write(std::bit_cast<uint64_t>(values[odd[k]]), 64);
  }
  return true;
}

class ColumnsReader {
 public:
  explicit ColumnsReader(BitReader& bits) : bits_(bits) {}

  bool Count(size_t& n) {
    uint64_t less_one;
    if (!bits_.Read(kCountBits, less_one)) return false;
    n = less_one + 1;
    return true;
  }
  bool Column(std::span<uint64_t> numbers) { return ReadColumn(bits_, numbers); }
  bool Doubles(std::span<double> values) { return ReadDoubles(bits_, values); }
  bool Times(std::span<uint64_t> times) {
    uint64_t unit;
    if (!ReadNumber(bits_, unit)) return false;
    std::fill(times.begin(), times.end(), 0);
    if (unit == 0) return true;
    if (!Column(times)) return false;
    for (uint64_t& t : times) t *= unit;
    return true;
  }
  bool Scale(TierColumns& c) {
    uint64_t any, id;
    if (!bits_.Read(1, any)) return false;
    c.scale.reset();
    if (any == 0) return true;
    if (!bits_.Read(kScaleBits, id)) return false;
    c.scale = scale_ = ValueScale::FromId(id);
    return scale_.has_value();
  }
  bool Values(std::span<double> values, const Numbers& expected, bool rounded, Numbers& whole);
  bool Squares(std::span<double> values) {
    Numbers numbers;
    if (!Column({numbers.data(), values.size()})) return false;
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = std::bit_cast<double>(numbers[i] << kSquaresShift);
    }
    return true;
  }

 private:
  bool Odd(std::span<double> values);

  BitReader& bits_;
  std::optional<ValueScale> scale_;
};

bool ColumnsReader::Values(std::span<double> values, const Numbers& expected, bool,
                           Numbers& whole) {
  if (!scale_) return Doubles(values);
  if (!Column({whole.data(), values.size()})) return false;
  for (size_t i = 0; i < values.size(); ++i) {
    whole[i] += expected[i];
    values[i] = scale_->FromWhole(static_cast<int64_t>(whole[i]));
  }
  return Odd(values);
}

bool ColumnsReader::Odd(std::span<double> values) {
  uint64_t any, n;
  if (!bits_.Read(1, any)) return false;
  if (any == 0) return true;
  if (!bits_.Read(kCountBits, n)) return false;
  for (++n; n > 0; --n) {
    uint64_t place, v;
    if (!bits_.Read(kCountBits, place) || !bits_.Read(64, v)) return false;
    if (place >= values.size()) return false;
    values[place] = std::bit_cast<double>(v);
  }
  return true;
}

// ---------------------------------------------------------------- the layout

// The numbers of floats that what comes after them is expected from.
struct Wholes {
  Numbers first, last;
};

uint64_t Halved(uint64_t n) { return static_cast<uint64_t>(static_cast<int64_t>(n) >> 1); }

template <typename Io>
bool EdgeValues(Io& io, TierColumns& c, Wholes& whole) {
  Numbers expected{};
  if (!io.Values({c.last.data(), c.floats}, expected, false, whole.last)) return false;
  // A counter goes on from where it was.
  expected[0] = whole.last[0];
  for (size_t i = 1; i < c.floats; ++i) expected[i] = whole.last[i - 1];
  return io.Values({c.first.data(), c.floats}, expected, false, whole.first);
}

template <typename Io>
bool Extremes(Io& io, TierColumns& c, const Wholes& whole) {
  Numbers least, most, unused;
  for (size_t i = 0; i < c.floats; ++i) {
    const auto first = static_cast<int64_t>(whole.first[i]);
    const auto last = static_cast<int64_t>(whole.last[i]);
    least[i] = static_cast<uint64_t>(std::min(first, last));
    most[i] = static_cast<uint64_t>(std::max(first, last));
  }
  return io.Values({c.min.data(), c.floats}, least, false, unused) &&
         io.Values({c.max.data(), c.floats}, most, false, unused) &&
         io.Times({c.min_t.data(), c.floats}) && io.Times({c.max_t.data(), c.floats});
}

// Of a window's resets those between floats, at most all: each comes after a value in
// between.
template <typename Io>
bool Corrections(Io& io, TierColumns& c, const Wholes& whole) {
  Numbers expected, unused;
  size_t k = 0;
  for (size_t i = 0; i < c.windows; ++i) {
    if ((c.flags[i] & TierColumns::kFloats) == 0) continue;
    expected[k] = Halved(c.resets[i] * (whole.first[k] + whole.last[k]));
    ++k;
  }
  return io.Values({c.correction.data(), c.floats}, expected, true, unused);
}

template <typename Io>
bool Sums(Io& io, TierColumns& c, const Wholes& whole) {
  Numbers expected, unused;
  size_t k = 0;
  size_t summed = 0;
  for (size_t i = 0; i < c.windows; ++i) {
    if ((c.flags[i] & TierColumns::kFloats) == 0) continue;
    if ((c.flags[i] & TierColumns::kOverflowed) == 0) {
      expected[summed++] = Halved(c.float_n[k] * (whole.first[k] + whole.last[k]));
    }
    ++k;
  }
  c.summed = summed;
  return io.Values({c.sum.data(), c.summed}, expected, true, unused) &&
         io.Squares({c.squares.data(), c.summed});
}

template <typename Io>
bool Histograms(Io& io, TierColumns& c) {
  const auto of = [&c](Numbers& numbers) { return std::span(numbers.data(), c.histograms); };
  return io.Column(of(c.histogram_n)) && io.Times(of(c.histogram_first_t)) &&
         io.Times(of(c.histogram_last_t)) && io.Column(of(c.histogram_flags)) &&
         io.Column(of(c.gauges)) && io.Column(of(c.schema_drop));
}

template <typename Io>
bool Windows(Io& io, TierColumns& c) {
  if (!io.Count(c.windows) || !io.Column({c.end.data(), c.windows})) return false;
  if (!io.Column({c.flags.data(), c.windows})) return false;
  c.stales = c.floats = c.histograms = 0;
  for (size_t i = 0; i < c.windows; ++i) {
    c.stales += (c.flags[i] & TierColumns::kStale) != 0 ? 1 : 0;
    c.floats += (c.flags[i] & TierColumns::kFloats) != 0 ? 1 : 0;
    c.histograms += (c.flags[i] & TierColumns::kHistograms) != 0 ? 1 : 0;
  }
  return io.Times({c.stale_t.data(), c.stales}) && io.Column({c.resets.data(), c.windows});
}

template <typename Io>
bool Columns(Io& io, bool increase_only, TierColumns& c) {
  if (!Windows(io, c) || !Histograms(io, c)) return false;
  Wholes whole{};
  const bool increase = io.Column({c.float_n.data(), c.floats}) &&
                        io.Times({c.first_t.data(), c.floats}) &&
                        io.Times({c.last_t.data(), c.floats}) && io.Scale(c) &&
                        EdgeValues(io, c, whole) && Corrections(io, c, whole);
  if (increase_only || !increase) return increase;
  return io.Column({c.changes.data(), c.windows}) && Extremes(io, c, whole) && Sums(io, c, whole);
}

}  // namespace

void WriteTierColumns(TierColumns& columns, BitPacker& bits) {
  ColumnsWriter io(bits);
  Columns(io, false, columns);
}

bool ReadTierColumns(BitReader& bits, bool increase_only, TierColumns& columns) {
  ColumnsReader io(bits);
  return Columns(io, increase_only, columns);
}

}  // namespace tidemark::tsdb
