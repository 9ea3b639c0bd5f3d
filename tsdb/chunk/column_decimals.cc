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

void AppendExceptions(std::string& out, std::span<const double> values, uint64_t which) {
  AppendBigEndian<uint8_t>(out, static_cast<uint8_t>(std::popcount(which)));
  for (; which != 0; which &= which - 1) {
    const int i = std::countr_zero(which);
    AppendBigEndian<uint8_t>(out, static_cast<uint8_t>(i));
    AppendDouble(out, values[static_cast<size_t>(i)]);
  }
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

DecimalForm AppendDecimals(std::string& out, std::span<const double> values, int decimals) {
  static_assert(kMostPacked <= 64, "a bit for each exception");
  CHECK(values.size() <= kMostPacked, "values in one group");
  std::array<uint64_t, kMostPacked> numbers;
  uint64_t exceptions = 0;
  int64_t scaled = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    int64_t here;
    if (Scale(values[i], decimals, here)) {
      scaled = here;
    } else {
      exceptions |= uint64_t{1} << i;  // its place holds the number before again
    }
    numbers[i] = static_cast<uint64_t>(scaled);
  }
  const int order = AppendIntegers(out, {numbers.data(), values.size()});
  if (exceptions != 0) AppendExceptions(out, values, exceptions);
  return {order, exceptions != 0};
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
