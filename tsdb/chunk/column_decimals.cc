#include "tsdb/chunk/column_decimals.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

#include "tsdb/base/check.h"
#include "tsdb/base/coding.h"
#include "tsdb/chunk/bit_packing.h"
#include "tsdb/chunk/column_integers.h"

namespace tidemark::tsdb {
namespace {

// All of them are doubles without an error.
constexpr std::array<double, kMostDecimals + 1> kPowers = {1,   1e1, 1e2, 1e3, 1e4,
                                                           1e5, 1e6, 1e7, 1e8, 1e9};

// Up to here a double has every whole number.
constexpr double kMostScaled = 9007199254740992;  // 2^53

double Unscale(int64_t scaled, int decimals) {
  return static_cast<double>(scaled) / kPowers[static_cast<size_t>(decimals)];
}

bool Scale(double v, int decimals, int64_t& scaled) {
  const double x = v * kPowers[static_cast<size_t>(decimals)];
  if (!(std::abs(x) < kMostScaled)) return false;  // a NaN too
  scaled = static_cast<int64_t>(x + std::copysign(0.5, x));
  return std::bit_cast<uint64_t>(Unscale(scaled, decimals)) == std::bit_cast<uint64_t>(v);
}

// The fewest decimals, at least `from`, that `v` can be written with.
std::optional<int> DecimalsOf(double v, int from) {
  int64_t scaled;
  for (int decimals = from; decimals <= kMostDecimals; ++decimals) {
    if (Scale(v, decimals, scaled)) return decimals;
  }
  return std::nullopt;
}

bool ReadExceptions(std::string_view& in, std::span<double> values) {
  uint8_t n;
  if (!ReadBigEndian(in, n) || n > values.size()) return false;
  for (int i = 0; i < n; ++i) {
    uint8_t position;
    double v;
    if (!ReadBigEndian(in, position) || !ReadDouble(in, v)) return false;
    if (position >= values.size()) return false;
    values[position] = v;
  }
  return true;
}

}  // namespace

std::optional<int> FindDecimals(std::span<const double> values) {
  const size_t most_exceptions = 4 + values.size() / 8;
  size_t exceptions = 0;
  int decimals = 0;
  for (const double v : values) {
    const std::optional<int> wanted = DecimalsOf(v, decimals);
    if (wanted) decimals = *wanted;
    exceptions += !wanted;
    if (exceptions > most_exceptions) return std::nullopt;
  }
  return decimals;
}

bool ReadDecimals(std::string_view& in, const DecimalForm& form, int decimals,
                  std::span<double> values) {
  std::array<uint64_t, kMostPacked> space;
  if (values.size() > space.size() || decimals > kMostDecimals) return false;
  const std::span<uint64_t> numbers(space.data(), values.size());
  if (!ReadIntegers(in, form.order, numbers)) return false;
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = Unscale(static_cast<int64_t>(numbers[i]), decimals);
  }
  return !form.exceptions || ReadExceptions(in, values);
}

}  // namespace tidemark::tsdb
