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

size_t NumberBits(uint64_t number) {
  const int length = std::bit_width(Zigzag(number));
  return kLengthBits + static_cast<size_t>(length < kLongLength ? length : 64);
}

// A Rice parameter and what all codes take with it.
struct Code {
  int k = 0;
  size_t bits = 0;
};

size_t AllBits(std::span<const uint64_t> values, int k) {
  size_t bits = 0;
  for (const uint64_t v : values) bits += CodeBits(v, k);
  return bits;
}

// The best parameter is close to the mean width, in which the few that are
// written as they are do not count for much; above it, where numbers are of two
// kinds.
Code BestCode(std::span<const uint64_t> values, int most) {
  if (values.empty()) return {};
  size_t widths = 0;
  for (const uint64_t v : values) widths += static_cast<size_t>(std::bit_width(v));
  if (widths == 0) return {0, values.size()};
  const int middle = static_cast<int>(widths / values.size());
  Code best{0, ~size_t{0}};
  for (int k = std::max(0, middle - 1); k <= std::min(most, middle + 3); ++k) {
    const size_t bits = AllBits(values, k);
    if (bits < best.bits) best = {k, bits};
    if (bits > best.bits + values.size()) break;
  }
  return best;
}

// Between the least and the most of a row that may be skewed.
constexpr uint64_t kWide = 64;

// How a row is written.
struct Plan {
  Form form = Form::kSame;
  uint64_t base = 0;  // the number, the centre or the least; 0 for sparse rows
  Code code;          // of the distances; of values in a sparse row
  Code gaps;
  size_t bits = 0;
};

// What all plans are made of.
class Planner {
 public:
  explicit Planner(std::span<const uint64_t> numbers) : n_(numbers.size()) {
    CHECK(n_ <= kMostInRow, "numbers in one row");
    std::copy(numbers.begin(), numbers.end(), numbers_.begin());
  }

  Plan Choose() {
    const auto [least, most] = std::minmax_element(begin(), end(), Less);
    if (*least == *most) return {Form::kSame, *least, {}, {}, kFormBits + NumberBits(*least)};
    // What spreads far is about even to both sides; the others are tried in turn.
    const bool wide = *most - *least > kWide;
    const auto zeros = static_cast<size_t>(std::count(begin(), end(), 0));
    Plan best;
    best.bits = ~size_t{0};
    const auto offer = [&best](const Plan& plan) {
      if (plan.bits < best.bits) best = plan;
    };
    if (!wide) offer(From(Form::kLeast, *least));
    if (zeros > n_ / 2) offer(Sparse());
    if (wide || best.code.k > 0) {
      std::nth_element(begin(), begin() + Size() / 2, end(), Less);
      offer(From(Form::kCentred, numbers_[n_ / 2]));
    }
    return best;
  }

 private:
  static bool Less(uint64_t a, uint64_t b) {
    return static_cast<int64_t>(a) < static_cast<int64_t>(b);
  }
  std::ptrdiff_t Size() const { return static_cast<std::ptrdiff_t>(n_); }
  uint64_t* begin() { return numbers_.data(); }
  uint64_t* end() { return numbers_.data() + n_; }

  Plan From(Form form, uint64_t base) {
    for (size_t i = 0; i < n_; ++i) {
      values_[i] = form == Form::kLeast ? numbers_[i] - base : Zigzag(numbers_[i] - base);
    }
    const Code code = BestCode({values_.data(), n_}, 63);
    return {form, base, code, {}, kFormBits + kParameterBits + NumberBits(base) + code.bits};
  }

  // Gaps, then what is not 0, less one; the last gap reaches the end.
  Plan Sparse() {
    std::array<uint64_t, kMostInRow + 1> gaps;
    size_t others = 0;
    size_t from = 0;
    for (size_t i = 0; i < n_; ++i) {
      if (numbers_[i] == 0) continue;
      gaps[others] = i - from;
      values_[others++] = Zigzag(numbers_[i]) - 1;
      from = i + 1;
    }
    gaps[others] = n_ - from;
    Plan plan{Form::kSparse, 0, BestCode({values_.data(), others}, 63), {}, 0};
    plan.gaps = BestCode({gaps.data(), others + 1}, 7);
    plan.bits = kFormBits + kGapParameterBits + kParameterBits + plan.code.bits + plan.gaps.bits;
    return plan;
  }

  const size_t n_;
  std::array<uint64_t, kMostInRow> numbers_;
  std::array<uint64_t, kMostInRow> values_;
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

bool ReadDistances(BitReader& bits, Form form, std::span<uint64_t> numbers) {
  uint64_t k, base;
  if (!bits.Read(kParameterBits, k) || !ReadNumber(bits, base)) return false;
  for (uint64_t& v : numbers) {
    uint64_t code;
    if (!ReadCode(bits, static_cast<int>(k), code)) return false;
    v = base + (form == Form::kLeast ? code : Unzigzag(code));
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
