#include "tsdb/chunk/rice_rows.h"

#include <algorithm>
#include <array>
#include <bit>

#include "tsdb/base/check.h"
#include "tsdb/base/varint.h"

namespace tidemark::tsdb {
namespace {

// On disk.
enum class Form : uint8_t { kSame = 0, kCentred = 1, kLeast = 2, kSparse = 3 };
constexpr int kFormBits = 2;
constexpr int kParameterBits = 6;     // of a Rice code: the low bits written as they are
constexpr int kGapParameterBits = 3;  // of the code of gaps, which are at most kMostInRow
constexpr int kLengthBits = 6;        // of a number by itself
constexpr int kLongLength = 63;       // stands for 64 bits

// After so many ones the number follows as it is, in 64 bits.
constexpr int kMostOnes = 24;

uint64_t Zigzag(uint64_t v) { return ZigzagEncode(static_cast<int64_t>(v)); }
uint64_t Unzigzag(uint64_t v) { return static_cast<uint64_t>(ZigzagDecode(v)); }

// The code of `v`: v >> k in ones, a zero, the low k bits.
size_t CodeBits(uint64_t v, int k) {
  const uint64_t ones = v >> k;
  return ones < kMostOnes ? static_cast<size_t>(ones) + 1 + static_cast<size_t>(k) : kMostOnes + 64;
}

void WriteCode(BitPacker& bits, uint64_t v, int k) {
  const uint64_t ones = v >> k;
  if (ones >= kMostOnes) {
    bits.Write((uint64_t{1} << kMostOnes) - 1, kMostOnes);
    bits.Write(v, 64);
    return;
  }
  const uint64_t low = v & ((uint64_t{1} << k) - 1);
  const uint64_t high = ((uint64_t{1} << ones) - 1) << 1;
  if (k <= 64 - kMostOnes) {
    bits.Write(high << k | low, static_cast<int>(ones) + 1 + k);
  } else {
    bits.Write(high, static_cast<int>(ones) + 1);
    bits.Write(low, k);
  }
}

bool ReadCode(BitReader& bits, int k, uint64_t& v) {
  int ones;
  if (!bits.ReadOnes(kMostOnes, ones)) return false;
  if (ones == kMostOnes) return bits.Read(64, v);
  if (!bits.Read(k, v)) return false;
  v |= static_cast<uint64_t>(ones) << k;
  return true;
}

// As ReadCode, for k up to kMostShort.
constexpr int kMostShort = BitReader::kMostAtOnce - kMostOnes - 1;
inline bool ReadShortCode(BitReader& bits, int k, uint64_t& v) {
  int ones;
  if (!bits.ReadOnesAndBits(kMostOnes, k, ones, v)) return false;
  if (ones == kMostOnes) return bits.Read(64, v);
  v |= static_cast<uint64_t>(ones) << k;
  return true;
}

size_t NumberBits(uint64_t number) {
  const int length = std::bit_width(Zigzag(number));
  return kLengthBits + static_cast<size_t>(length < kLongLength ? length : 64);
}

// A value and how often it is there.
struct Many {
  uint64_t value;
  size_t times;
};

// A Rice parameter and what all codes take with it.
struct Code {
  int k = 0;
  size_t bits = 0;
};

size_t AllBits(std::span<const Many> values, int k) {
  size_t bits = 0;
  for (const Many& v : values) bits += v.times * CodeBits(v.value, k);
  return bits;
}

// The best parameter is close to the mean width, in which the few that are
// written as they are do not count for much; above it, where numbers are of two
// kinds.
Code BestCode(std::span<const Many> values, int most) {
  size_t widths = 0;
  size_t n = 0;
  for (const Many& v : values) {
    widths += v.times * static_cast<size_t>(std::bit_width(v.value));
    n += v.times;
  }
  if (widths == 0) return {0, n};
  const int middle = static_cast<int>(widths / n);
  Code best{0, ~size_t{0}};
  for (int k = std::max(0, middle - 1); k <= std::min(most, middle + 3); ++k) {
    const size_t bits = AllBits(values, k);
    if (bits < best.bits) best = {k, bits};
    if (bits > best.bits + n) break;
  }
  return best;
}

// From the least to the most of a row that is counted rather than put in order.
// What spreads farther is about even to both sides.
constexpr size_t kNarrow = 64;

// How a row is written.
struct Plan {
  Form form = Form::kSame;
  uint64_t base = 0;  // the number, the centre or the least; 0 for sparse rows
  Code code;          // of the distances; of values in a sparse row
  Code gaps;
  size_t bits = ~size_t{0};
};

class Planner {
 public:
  explicit Planner(std::span<const uint64_t> numbers) : numbers_(numbers) {
    CHECK(numbers.size() <= kMostInRow, "numbers in one row");
  }

  Plan Choose() {
    auto least = static_cast<int64_t>(numbers_[0]);
    int64_t most = least;
    for (const uint64_t v : numbers_) {
      least = std::min(least, static_cast<int64_t>(v));
      most = std::max(most, static_cast<int64_t>(v));
    }
    const auto base = static_cast<uint64_t>(least);
    if (least == most) return {Form::kSame, base, {}, {}, kFormBits + NumberBits(base)};
    if (static_cast<uint64_t>(most) - base > kNarrow) {
      OfferWide();
    } else {
      OfferNarrow(base);
    }
    return best_;
  }

 private:
  static bool Less(uint64_t a, uint64_t b) {
    return static_cast<int64_t>(a) < static_cast<int64_t>(b);
  }

  void OfferWide() {
    std::array<uint64_t, kMostInRow> sorted;
    const auto end = std::copy(numbers_.begin(), numbers_.end(), sorted.begin());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(numbers_.size() / 2);
    std::nth_element(sorted.begin(), middle, end, Less);
    const uint64_t centre = *middle;
    std::array<Many, kMostInRow> distances, values;
    size_t others = 0;
    for (size_t i = 0; i < numbers_.size(); ++i) {
      distances[i] = {Zigzag(numbers_[i] - centre), 1};
      if (numbers_[i] != 0) values[others++] = {Zigzag(numbers_[i]) - 1, 1};
    }
    OfferDistances(Form::kCentred, centre, {distances.data(), numbers_.size()});
    if (others <= numbers_.size() / 2) OfferSparse({values.data(), others});
  }

  // Rows of small distances, which are most: bytes, so that loops over them take
  // many at once.
  void OfferNarrow(uint64_t least) {
    std::array<uint8_t, kMostInRow> from_least, from_centre;
    const size_t n = numbers_.size();
    size_t sum = 0;
    size_t others = 0;
    for (size_t i = 0; i < n; ++i) {
      from_least[i] = static_cast<uint8_t>(numbers_[i] - least);
      sum += from_least[i];
      others += numbers_[i] != 0 ? 1 : 0;
    }
    OfferSmall(Form::kLeast, least, {from_least.data(), n}, sum);
    if (others < n / 2) OfferSparseValues();
    if (best_.code.k == 0) return;
    const size_t middle = (sum + n / 2) / n;
    sum = 0;
    for (size_t i = 0; i < n; ++i) {
      const auto distance = static_cast<int8_t>(from_least[i] - middle);
      from_centre[i] = static_cast<uint8_t>((distance << 1) ^ (distance >> 7));
      sum += from_centre[i];
    }
    OfferSmall(Form::kCentred, least + middle, {from_centre.data(), n}, sum);
  }

  // Distances below 2 * kNarrow, whose sum is known.
  void OfferSmall(Form form, uint64_t base, std::span<const uint8_t> distances, size_t sum) {
    const size_t n = distances.size();
    // Close to the mean; with a larger one the ones that are saved are fewer than
    // the bits that are added.
    const int middle = std::bit_width(sum / n);
    Code code;
    code.bits = ~size_t{0};
    for (int k = std::max(0, middle - 1); k <= middle + 1; ++k) {
      const size_t bits = SmallBits(distances, k);
      if (bits >= code.bits) break;
      code = {k, bits};
    }
    const size_t bits = kFormBits + kParameterBits + NumberBits(base) + code.bits;
    if (bits < best_.bits) best_ = {form, base, code, {}, bits};
  }

  // As AllBits.
  static size_t SmallBits(std::span<const uint8_t> distances, int k) {
    unsigned ones = 0;
    unsigned escaped = 0;
    for (const uint8_t d : distances) {
      const auto high = static_cast<unsigned>(d >> k);
      ones += high;
      escaped += high >= kMostOnes ? kMostOnes + 64 - 1 - static_cast<unsigned>(k) - high : 0;
    }
    return distances.size() * static_cast<size_t>(1 + k) + ones + escaped;
  }

  void OfferSparseValues() {
    std::array<Many, kMostInRow> values;
    size_t n = 0;
    for (const uint64_t v : numbers_) {
      if (v != 0) values[n++] = {Zigzag(v) - 1, 1};
    }
    OfferSparse({values.data(), n});
  }

  void OfferDistances(Form form, uint64_t base, std::span<const Many> values) {
    const Code code = BestCode(values, 63);
    const size_t bits = kFormBits + kParameterBits + NumberBits(base) + code.bits;
    if (bits < best_.bits) best_ = {form, base, code, {}, bits};
  }

  // Gaps, then what is not 0, less one; the last gap reaches the end.
  void OfferSparse(std::span<const Many> values) {
    std::array<Many, kMostInRow + 1> gaps;
    size_t n = 0;
    size_t gap = 0;
    for (const uint64_t v : numbers_) {
      if (v == 0) {
        ++gap;
      } else {
        gaps[n++] = {gap, 1};
        gap = 0;
      }
    }
    gaps[n++] = {gap, 1};
    const Code code = BestCode(values, 63);
    const Code gap_code = BestCode({gaps.data(), n}, (1 << kGapParameterBits) - 1);
    const size_t bits = kFormBits + kGapParameterBits + kParameterBits + code.bits + gap_code.bits;
    if (bits < best_.bits) best_ = {Form::kSparse, 0, code, gap_code, bits};
  }

  const std::span<const uint64_t> numbers_;
  Plan best_;
};

void WriteSparse(BitPacker& bits, std::span<const uint64_t> numbers, const Plan& plan) {
  bits.Write(static_cast<uint64_t>(plan.gaps.k), kGapParameterBits);
  bits.Write(static_cast<uint64_t>(plan.code.k), kParameterBits);
  uint64_t gap = 0;
  for (const uint64_t v : numbers) {
    if (v == 0) {
      ++gap;
      continue;
    }
    WriteCode(bits, gap, plan.gaps.k);
    WriteCode(bits, Zigzag(v) - 1, plan.code.k);
    gap = 0;
  }
  WriteCode(bits, gap, plan.gaps.k);
}

bool ReadSparse(BitReader& bits, std::span<uint64_t> numbers) {
  uint64_t gap_k, k;
  if (!bits.Read(kGapParameterBits, gap_k) || !bits.Read(kParameterBits, k)) return false;
  std::fill(numbers.begin(), numbers.end(), 0);
  for (size_t i = 0;; ++i) {
    uint64_t gap, v;
    if (!ReadCode(bits, static_cast<int>(gap_k), gap) || gap > numbers.size() - i) return false;
    i += gap;
    if (i == numbers.size()) return true;
    if (!ReadCode(bits, static_cast<int>(k), v)) return false;
    numbers[i] = Unzigzag(v + 1);
  }
}

bool ReadCodes(BitReader& bits, int k, std::span<uint64_t> numbers) {
  if (k > kMostShort) {
    return std::all_of(numbers.begin(), numbers.end(),
                       [&](uint64_t& v) { return ReadCode(bits, k, v); });
  }
  // A copy that nobody else sees stays in registers.
  BitReader own = bits;
  for (uint64_t& v : numbers) {
    uint64_t code;
    if (!ReadShortCode(own, k, code)) return false;
    v = code;
  }
  bits = own;
  return true;
}

bool ReadDistances(BitReader& bits, Form form, std::span<uint64_t> numbers) {
  uint64_t k, base;
  if (!bits.Read(kParameterBits, k) || !ReadNumber(bits, base)) return false;
  if (!ReadCodes(bits, static_cast<int>(k), numbers)) return false;
  if (form == Form::kLeast) {
    for (uint64_t& v : numbers) v += base;
  } else {
    for (uint64_t& v : numbers) v = base + Unzigzag(v);
  }
  return true;
}

}  // namespace

void WriteNumber(BitPacker& bits, uint64_t number) {
  const uint64_t code = Zigzag(number);
  const int length = std::bit_width(code);
  if (length < kLongLength) {
    bits.Write(static_cast<uint64_t>(length), kLengthBits);
    bits.Write(code, length);
  } else {
    bits.Write(kLongLength, kLengthBits);
    bits.Write(code, 64);
  }
}

bool ReadNumber(BitReader& bits, uint64_t& number) {
  uint64_t length;
  if (!bits.Read(kLengthBits, length)) return false;
  if (!bits.Read(length == kLongLength ? 64 : static_cast<int>(length), number)) return false;
  number = Unzigzag(number);
  return true;
}

size_t RowBits(std::span<const uint64_t> numbers) {
  return numbers.empty() ? 0 : Planner(numbers).Choose().bits;
}

void WriteRow(BitPacker& bits, std::span<const uint64_t> numbers) {
  if (numbers.empty()) return;
  const Plan plan = Planner(numbers).Choose();
  bits.Write(static_cast<uint64_t>(plan.form), kFormBits);
  if (plan.form == Form::kSparse) return WriteSparse(bits, numbers, plan);
  if (plan.form == Form::kSame) return WriteNumber(bits, plan.base);
  bits.Write(static_cast<uint64_t>(plan.code.k), kParameterBits);
  WriteNumber(bits, plan.base);
  for (const uint64_t v : numbers) {
    const uint64_t distance = v - plan.base;
    WriteCode(bits, plan.form == Form::kLeast ? distance : Zigzag(distance), plan.code.k);
  }
}

bool ReadRow(BitReader& bits, std::span<uint64_t> numbers) {
  if (numbers.empty()) return true;
  uint64_t form;
  if (!bits.Read(kFormBits, form)) return false;
  switch (static_cast<Form>(form)) {
    case Form::kSame:
      if (!ReadNumber(bits, numbers[0])) return false;
      std::fill(numbers.begin() + 1, numbers.end(), numbers[0]);
      return true;
    case Form::kCentred:
    case Form::kLeast:
      return ReadDistances(bits, static_cast<Form>(form), numbers);
    case Form::kSparse:
      break;
  }
  return ReadSparse(bits, numbers);
}

}  // namespace tidemark::tsdb
