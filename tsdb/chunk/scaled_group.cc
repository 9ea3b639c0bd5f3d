#include "tsdb/chunk/scaled_group.h"

#include <array>
#include <bit>
#include <vector>

#include "tsdb/chunk/row_column.h"

namespace tidemark::tsdb {
namespace {

constexpr int kPositionBits = 7;
static_assert(kScaledGroupSamples == size_t{1} << kPositionBits);

void WriteExceptions(BitPacker& bits, std::span<const double> values,
                     const std::vector<size_t>& which) {
  bits.Write(which.empty() ? 0 : 1, 1);
  if (which.empty()) return;
  bits.Write(which.size() - 1, kPositionBits);
  for (const size_t i : which) {
    bits.Write(i, kPositionBits);
    bits.Write(std::bit_cast<uint64_t>(values[i]), 64);
  }
}

bool ReadExceptions(BitReader& bits, std::span<double> values) {
  uint64_t any, n;
  if (!bits.Read(1, any)) return false;
  if (any == 0) return true;
  if (!bits.Read(kPositionBits, n)) return false;
  for (++n; n > 0; --n) {
    uint64_t position, v;
    if (!bits.Read(kPositionBits, position) || !bits.Read(64, v)) return false;
    if (position >= values.size()) return false;
    values[position] = std::bit_cast<double>(v);
  }
  return true;
}

}  // namespace

void WriteTimes(BitPacker& bits, std::span<const int64_t> times, uint64_t interval) {
  std::array<uint64_t, kScaledGroupSamples> off;
  uint64_t line = static_cast<uint64_t>(times[0]);
  uint64_t any = 0;
  for (size_t i = 1; i < times.size(); ++i) {
    line += interval;
    off[i - 1] = static_cast<uint64_t>(times[i]) - line;
    any |= off[i - 1];
  }
  bits.Write(any == 0 ? 0 : 1, 1);
  if (any != 0) WriteColumn(bits, {off.data(), times.size() - 1});
}

bool ReadTimes(BitReader& bits, uint64_t interval, std::span<int64_t> times) {
  std::array<uint64_t, kScaledGroupSamples> off{};
  uint64_t any;
  if (!bits.Read(1, any)) return false;
  if (any != 0 && !ReadColumn(bits, {off.data(), times.size() - 1})) return false;
  uint64_t line = static_cast<uint64_t>(times[0]);
  bool ascending = true;
  for (size_t i = 1; i < times.size(); ++i) {
    line += interval;
    times[i] = static_cast<int64_t>(line + off[i - 1]);
    ascending &= times[i] > times[i - 1];
  }
  return ascending;
}

void WriteScaled(BitPacker& bits, std::span<const double> values, const ValueScale& scale) {
  std::array<uint64_t, kScaledGroupSamples> numbers;
  std::vector<size_t> exceptions;
  int64_t number = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    int64_t here;
    if (scale.ToWhole(values[i], here)) {
      number = here;
    } else {
      exceptions.push_back(i);  // its place holds the number before again
    }
    numbers[i] = static_cast<uint64_t>(number);
  }
  WriteColumn(bits, {numbers.data(), values.size()});
  WriteExceptions(bits, values, exceptions);
}

bool ReadScaled(BitReader& bits, const ValueScale& scale, std::span<double> values) {
  std::array<uint64_t, kScaledGroupSamples> space;
  const std::span<uint64_t> numbers(space.data(), values.size());
  if (!ReadColumn(bits, numbers)) return false;
  scale.FromWholes(numbers, values);
  return ReadExceptions(bits, values);
}

std::string ScaledGroup(std::span<const int64_t> times, std::span<const double> values,
                        uint64_t interval, const ValueScale& scale) {
  BitPacker bits;
  WriteTimes(bits, times, interval);
  WriteScaled(bits, values, scale);
  return bits.Finish();
}

bool ReadScaledGroup(std::string_view in, uint64_t interval, const ValueScale& scale,
                     std::span<int64_t> times, std::span<double> values) {
  BitReader bits(in);
  return ReadTimes(bits, interval, times) && ReadScaled(bits, scale, values);
}

}  // namespace tidemark::tsdb
