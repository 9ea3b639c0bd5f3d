#include "tsdb/chunk/column_times.h"

#include <algorithm>
#include <array>
#include <vector>

#include "tsdb/base/check.h"
#include "tsdb/chunk/bit_packing.h"

namespace tidemark::tsdb {
namespace {

// Over so many intervals jitter of some milliseconds is less than one.
constexpr size_t kLongStep = 32;

uint64_t Distance(int64_t from, int64_t to) {
  return static_cast<uint64_t>(to) - static_cast<uint64_t>(from);
}

bool AllZero(std::span<const uint64_t> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](uint64_t v) { return v == 0; });
}

}  // namespace

uint64_t FindInterval(std::span<const int64_t> times) {
  const size_t step = std::min(times.size() / 2, kLongStep);
  if (step == 0) return 0;
  const uint64_t first = Distance(times[0], times[1]);
  bool even = true;
  for (size_t i = 2; i < times.size(); ++i) even &= Distance(times[i - 1], times[i]) == first;
  if (even) return first;
  std::vector<uint64_t> distances;
  distances.reserve(times.size() - step);
  for (size_t i = step; i < times.size(); ++i) {
    distances.push_back(Distance(times[i - step], times[i]));
  }
  const auto median = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), median, distances.end());
  return *median / step + (*median % step >= (step + 1) / 2 ? 1 : 0);
}

int AppendTimes(std::string& out, std::span<const int64_t> times, uint64_t interval) {
  CHECK(!times.empty() && times.size() <= kMostPacked + 1, "times in one group");
  std::array<uint64_t, kMostPacked> off;
  const std::span<uint64_t> numbers(off.data(), times.size() - 1);
  for (size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = Distance(times[0], times[i + 1]) - (i + 1) * interval;
  }
  return AllZero(numbers) ? kOnTheLine : AppendIntegers(out, numbers);
}

bool ReadTimes(std::string_view& in, int order, uint64_t interval, std::span<int64_t> times) {
  std::array<uint64_t, kMostPacked> off{};
  if (times.empty() || times.size() > kMostPacked + 1) return false;
  const std::span<uint64_t> numbers(off.data(), times.size() - 1);
  if (order != kOnTheLine && !ReadIntegers(in, order, numbers)) return false;
  uint64_t line = static_cast<uint64_t>(times[0]);
  bool ascending = true;
  for (size_t i = 0; i < numbers.size(); ++i) {
    line += interval;
    times[i + 1] = static_cast<int64_t>(line + numbers[i]);
    ascending &= times[i + 1] > times[i];
  }
  return ascending;
}

}  // namespace tidemark::tsdb
