#include "tsdb/chunk/value_scale.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>

#include "tsdb/chunk/column_decimals.h"

namespace tidemark::tsdb {
namespace {

// Exponents of two follow the decimals.
constexpr int kLeastExponent = -1074;  // of the smallest double
constexpr int kMostExponent = 971;     // of the lowest bit of the largest
constexpr int64_t kFirstExponentId = kMostDecimals + 1;

// Whole numbers below this are told; differences of them stay within 64 bits.
constexpr double kMostWhole = 4611686018427387904;  // 2^62

// Up to here a double has every whole number.
constexpr double kMostExact = 9007199254740992;  // 2^53

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

// Of the lowest bit that is set; v is finite and not 0.
int LowestBit(double v) {
  const auto bits = std::bit_cast<uint64_t>(v);
  const auto biased = static_cast<int>(bits >> 52 & 0x7ff);
  const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
  if (biased == 0) return kLeastExponent + std::countr_zero(fraction);
  return biased - 1075 + std::countr_zero(fraction | uint64_t{1} << 52);
}

// The highest power of two of which all finite values are multiples.
std::optional<int> FindExponent(std::span<const double> values) {
  int exponent = std::numeric_limits<int>::max();
  for (const double v : values) {
    if (std::isfinite(v) && v != 0) exponent = std::min(exponent, LowestBit(v));
  }
  if (exponent > kMostExponent) return std::nullopt;
  const double most = kMostWhole * std::ldexp(1, exponent);
  const auto too_large = std::count_if(values.begin(), values.end(),
                                       [most](double v) { return !(std::abs(v) < most); });
  if (static_cast<size_t>(too_large) > 4 + values.size() / 8) return std::nullopt;
  return exponent;
}

double PowerOfTen(uint64_t decimals) {
  double power = 1;
  for (; decimals > 0; --decimals) power *= 10;
  return power;
}

}  // namespace

std::optional<ValueScale> ValueScale::Find(std::span<const double> values) {
  if (const std::optional<int> decimals = FindDecimals(values)) {
    return FromId(static_cast<uint64_t>(*decimals));
  }
  const std::optional<int> exponent = FindExponent(values);
  if (!exponent) return std::nullopt;
  return FromId(static_cast<uint64_t>(kFirstExponentId + *exponent - kLeastExponent));
}

std::optional<ValueScale> ValueScale::FromId(uint64_t id) {
  if (id <= kMostDecimals) return ValueScale(static_cast<Id>(id), true, PowerOfTen(id));
  if (id > kFirstExponentId + kMostExponent - kLeastExponent) return std::nullopt;
  const int exponent =
      static_cast<int>(static_cast<int64_t>(id) - kFirstExponentId) + kLeastExponent;
  return ValueScale(static_cast<Id>(id), false, std::ldexp(1, exponent));
}

bool ValueScale::ToWhole(double v, int64_t& n) const {
  const double x = divides_ ? v * factor_ : v / factor_;
  if (!(std::abs(x) < (divides_ ? kMostExact : kMostWhole))) return false;  // a NaN too
  n = static_cast<int64_t>(divides_ ? x + std::copysign(0.5, x) : x);
  return SameBits(FromWhole(n), v);
}

bool ValueScale::ToNearest(double v, int64_t& n) const {
  const double x = divides_ ? v * factor_ : v / factor_;
  if (!(std::abs(x) < kMostWhole)) return false;
  n = std::llround(x);
  return true;
}

void ValueScale::FromWholes(std::span<const uint64_t> numbers, std::span<double> values) const {
  const auto each = [&](auto of) {
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = of(static_cast<double>(static_cast<int64_t>(numbers[i])));
    }
  };
  const double factor = factor_;
  if (factor == 1) {  // most counters: a division would be most of the work
    each([](double n) { return n; });
  } else if (divides_) {
    each([factor](double n) { return n / factor; });
  } else {
    each([factor](double n) { return n * factor; });
  }
}

}  // namespace tidemark::tsdb
