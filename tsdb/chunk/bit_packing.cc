#include "tsdb/chunk/bit_packing.h"

#include <algorithm>
#include <array>
#include <bit>

#include "tsdb/base/check.h"
#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/chunk/bit_stream.h"

namespace tidemark::tsdb {
namespace {

// More than this do not pay for themselves often enough to look for them.
constexpr size_t kMostExceptions = 6;

constexpr uint8_t kHasExceptions = 0x80;

// As VarintBytes, without its loop.
size_t ZigzagBytes(uint64_t v) {
  const uint64_t code = ZigzagEncode(static_cast<int64_t>(v));
  return (static_cast<size_t>(std::bit_width(code | 1)) + 6) / 7;
}

size_t BytesOf(size_t numbers, int width) { return (numbers * static_cast<size_t>(width) + 7) / 8; }

bool Fits(const Frame& frame, uint64_t v) {
  return frame.width == 64 || (v - frame.base) >> frame.width == 0;
}

// The numbers at either end, outermost first.
struct Ends {
  std::array<uint64_t, kMostExceptions + 1> lowest;
  std::array<uint64_t, kMostExceptions + 1> highest;
  size_t numbers;  // in all
};

// The frame without the `low` lowest and the `high` highest numbers.
Frame Without(const Ends& ends, size_t low, size_t high) {
  const uint64_t base = ends.lowest[low];
  const int width = static_cast<int>(std::bit_width(ends.highest[high] - base));
  return {base, width, 1 + ZigzagBytes(base) + BytesOf(ends.numbers, width)};
}

size_t ExceptionBytes(const Ends& ends, size_t low, size_t high, uint64_t base) {
  size_t bytes = low + high > 0 ? 1 : 0;
  for (size_t i = 0; i < low; ++i) bytes += 1 + ZigzagBytes(ends.lowest[i] - base);
  for (size_t i = 0; i < high; ++i) bytes += 1 + ZigzagBytes(ends.highest[i] - base);
  return bytes;
}

// The exceptions are some of the lowest and some of the highest numbers: all
// such choices are tried.
Frame BestFrame(const Ends& ends) {
  Frame best = Without(ends, 0, 0);
  for (size_t low = 0; low <= kMostExceptions; ++low) {
    for (size_t high = 0; low + high <= kMostExceptions && low + high < ends.numbers; ++high) {
      Frame frame = Without(ends, low, high);
      if (frame.bytes + 2 * (low + high) >= best.bytes) continue;
      frame.bytes += ExceptionBytes(ends, low, high, frame.base);
      if (frame.bytes < best.bytes) best = frame;
    }
  }
  return best;
}

// Exceptions leave zeros behind; returns how many there are.
size_t AppendBits(std::string& out, std::span<const uint64_t> numbers, const Frame& frame) {
  BitWriter bits;
  size_t exceptions = 0;
  for (const uint64_t v : numbers) {
    const bool fits = Fits(frame, v);
    bits.Write(fits ? v - frame.base : 0, frame.width);
    exceptions += !fits;
  }
  out += bits.bytes();
  return exceptions;
}

bool ReadBits(std::string_view& in, std::span<uint64_t> numbers, const Frame& frame) {
  const size_t bytes = BytesOf(numbers.size(), frame.width);
  if (in.size() < bytes) return false;
  BitReader bits(in.substr(0, bytes));
  for (uint64_t& v : numbers) {
    if (!bits.Read(frame.width, v)) return false;
    v += frame.base;
  }
  in.remove_prefix(bytes);
  return true;
}

bool ReadExceptions(std::string_view& in, std::span<uint64_t> numbers, uint64_t base) {
  uint8_t n;
  if (!ReadBigEndian(in, n) || n > numbers.size()) return false;
  for (int i = 0; i < n; ++i) {
    uint8_t position;
    int64_t distance;
    if (!ReadBigEndian(in, position) || !ReadZigzag(in, distance)) return false;
    if (position >= numbers.size()) return false;
    numbers[position] = base + static_cast<uint64_t>(distance);
  }
  return true;
}

}  // namespace

Frame ChooseFrame(std::span<const uint64_t> numbers) {
  const auto less = [](uint64_t a, uint64_t b) {
    return static_cast<int64_t>(a) < static_cast<int64_t>(b);
  };
  if (numbers.empty()) return {};
  const auto [least, most] = std::minmax_element(numbers.begin(), numbers.end(), less);
  if (*least == *most) return {numbers[0], 0, 1 + ZigzagBytes(numbers[0])};
  // The rest is not put in order: that would be most of what sealing costs.
  Ends ends{{}, {}, numbers.size()};
  std::partial_sort_copy(numbers.begin(), numbers.end(), ends.lowest.begin(), ends.lowest.end(),
                         less);
  std::partial_sort_copy(numbers.begin(), numbers.end(), ends.highest.begin(), ends.highest.end(),
                         [less](uint64_t a, uint64_t b) { return less(b, a); });
  return BestFrame(ends);
}

void AppendPacked(std::string& out, std::span<const uint64_t> numbers, const Frame& frame) {
  CHECK(numbers.size() <= kMostPacked, "numbers packed at once");
  if (numbers.empty()) return;
  const size_t head = out.size();
  out.push_back(static_cast<char>(frame.width));
  AppendZigzag(out, static_cast<int64_t>(frame.base));
  const size_t exceptions = AppendBits(out, numbers, frame);
  if (exceptions == 0) return;
  out[head] = static_cast<char>(frame.width | kHasExceptions);
  AppendBigEndian<uint8_t>(out, static_cast<uint8_t>(exceptions));
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (Fits(frame, numbers[i])) continue;
    AppendBigEndian<uint8_t>(out, static_cast<uint8_t>(i));
    AppendZigzag(out, static_cast<int64_t>(numbers[i] - frame.base));
  }
}

bool ReadPacked(std::string_view& in, std::span<uint64_t> numbers) {
  if (numbers.empty()) return true;
  uint8_t head;
  int64_t base;
  if (!ReadBigEndian(in, head) || !ReadZigzag(in, base)) return false;
  const Frame frame{static_cast<uint64_t>(base), head & ~kHasExceptions, 0};
  if (frame.width > 64 || !ReadBits(in, numbers, frame)) return false;
  return (head & kHasExceptions) == 0 || ReadExceptions(in, numbers, frame.base);
}

}  // namespace tidemark::tsdb
