// Columns of decimals: doubles that are whole numbers, or have a few decimals,
// as integers.  2.37 is 237 with two decimals where 237 / 100.0 is the same
// double, bit for bit; what has no such number (stale markers, other NaNs,
// infinities, -0.0, long fractions) is kept as an exception of nine bytes.  Read
// only: what is sealed now is scaled (tsdb/chunk/value_scale.h).
// Layout: docs/formats.md, column chunks.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tidemark::tsdb {

inline constexpr int kMostDecimals = 9;

// With how many decimals `values` are to be written; none, if too many of them
// would be exceptions.
std::optional<int> FindDecimals(std::span<const double> values);

// What a column says outside of its bytes.
struct DecimalForm {
  int order = 0;            // of the integers (tsdb/chunk/column_integers.h)
  bool exceptions = false;  // follow
};

// Fills `values`.  False where the bytes end or say what no writer says.
bool ReadDecimals(std::string_view& in, const DecimalForm& form, int decimals,
                  std::span<double> values);

}  // namespace tidemark::tsdb
