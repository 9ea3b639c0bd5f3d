// ValueScale: doubles as whole numbers, bit for bit: n / 10^decimals for counters,
// money and milliseconds; n * 2^exponent for what comes out of a computation, as
// every finite double is such a number.  One scale serves the values of a chunk;
// what it cannot tell (stale markers, other NaNs, infinities, -0.0, a few far out
// of the range of the others) is for the caller to keep as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace tidemark::tsdb {

class ValueScale {
 public:
  // 0 to kMostDecimals: decimals; above: a power of two.  On disk.
  using Id = uint32_t;

  // For `values`: decimals, or else the power of two with which most of them are
  // whole; none, where too many are not.
  static std::optional<ValueScale> Find(std::span<const double> values);
  // None where no writer says `id`.
  static std::optional<ValueScale> FromId(uint64_t id);

  Id id() const { return id_; }
  bool is_decimal() const { return divides_; }

  // False where the double of `n` would not be `v`, bit for bit.
  bool ToWhole(double v, int64_t& n) const;
  // The whole number nearest to `v`; false where that is too large.
  bool ToNearest(double v, int64_t& n) const;
  double FromWhole(int64_t n) const {
    return divides_ ? static_cast<double>(n) / factor_ : static_cast<double>(n) * factor_;
  }
  // FromWhole of each, as many as there are `values`.
  void FromWholes(std::span<const uint64_t> numbers, std::span<double> values) const;

 private:
  ValueScale(Id id, bool divides, double factor) : id_(id), divides_(divides), factor_(factor) {}

  Id id_;
  bool divides_;   // by 10^decimals; else times 2^exponent
  double factor_;  // a double without an error
};

}  // namespace tidemark::tsdb
