#include "tsdb/chunk/row_column.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include "tsdb/base/check.h"
#include "tsdb/base/varint.h"
#include "tsdb/chunk/rice_rows.h"

namespace tidemark::tsdb {
namespace {

constexpr int kOrderBits = 2;
constexpr size_t kMostOrder = 2;

// About what a number by itself takes more than one in a row.
constexpr size_t kApartBits = 16;

// About how many bits a row takes: Rice codes of the distances from a middling
// number, with the mean width for parameter.
size_t Spread(std::span<const uint64_t> numbers) {
  constexpr uint64_t kMostOnes = 64;
  std::array<uint64_t, 5> some;
  for (size_t i = 0; i < some.size(); ++i) some[i] = numbers[(2 * i + 1) * numbers.size() / 10];
  std::nth_element(some.begin(), some.begin() + 2, some.end(), [](uint64_t a, uint64_t b) {
    return static_cast<int64_t>(a) < static_cast<int64_t>(b);
  });
  std::array<uint64_t, kMostInRow> distances;
  size_t widths = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    distances[i] = ZigzagEncode(static_cast<int64_t>(numbers[i] - some[2]));
    widths += static_cast<size_t>(std::bit_width(distances[i]));
  }
  const size_t k = std::min<size_t>(63, widths / numbers.size());
  size_t bits = numbers.size() * k;
  for (size_t i = 0; i < numbers.size(); ++i) bits += std::min(distances[i] >> k, kMostOnes);
  return bits;
}

}  // namespace

void WriteColumn(BitPacker& bits, std::span<const uint64_t> numbers) {
  CHECK(numbers.size() <= kMostInRow, "numbers in one column of a group");
  if (numbers.empty()) return;
  // Numbers, differences, differences of differences; of each the first `order`
  // stand by themselves.
  std::array<std::array<uint64_t, kMostInRow>, kMostOrder + 1> columns;
  std::copy(numbers.begin(), numbers.end(), columns[0].begin());
  const size_t n = numbers.size();
  size_t best = 0;
  size_t best_spread = n > 1 ? Spread(numbers) : 0;
  for (size_t order = 1; order <= std::min(kMostOrder, n - 1); ++order) {
    std::copy_n(columns[order - 1].begin(), n, columns[order].begin());
    for (size_t i = n; i-- > order;) columns[order][i] -= columns[order][i - 1];
    const size_t spread = order * kApartBits + Spread({columns[order].data() + order, n - order});
    if (spread >= best_spread) continue;
    best = order;
    best_spread = spread;
  }
  bits.Write(best, kOrderBits);
  for (size_t i = 0; i < best; ++i) WriteNumber(bits, columns[best][i]);
  WriteRow(bits, {columns[best].data() + best, n - best});
}

bool ReadColumn(BitReader& bits, std::span<uint64_t> numbers) {
  if (numbers.empty()) return true;
  uint64_t order;
  if (!bits.Read(kOrderBits, order)) return false;
  if (order > kMostOrder || order >= numbers.size() + (order == 0)) return false;
  for (uint64_t& v : numbers.first(order)) {
    if (!ReadNumber(bits, v)) return false;
  }
  if (!ReadRow(bits, numbers.subspan(order))) return false;
  for (; order > 0; --order) {
    for (size_t i = order; i < numbers.size(); ++i) numbers[i] += numbers[i - 1];
  }
  return true;
}

}  // namespace tidemark::tsdb
