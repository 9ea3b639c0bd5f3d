#include "tsdb/chunk/column_integers.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "tsdb/base/check.h"
#include "tsdb/base/varint.h"
#include "tsdb/chunk/bit_packing.h"

namespace tidemark::tsdb {
namespace {

// The numbers from `from` on become their difference from the one before.
void Difference(std::span<uint64_t> numbers, size_t from) {
  for (size_t i = numbers.size(); i-- > from;) numbers[i] -= numbers[i - 1];
}

void Accumulate(std::span<uint64_t> numbers, size_t from) {
  for (size_t i = from; i < numbers.size(); ++i) numbers[i] += numbers[i - 1];
}

// Numbers, or differences of them, and how they would be written.
struct Candidate {
  // The first `order` differences tend to be large and stay outside the frame.
  std::span<const uint64_t> Apart() const { return {numbers.data(), apart}; }
  std::span<const uint64_t> Packed() const { return {numbers.data() + apart, size - apart}; }

  std::array<uint64_t, kMostPacked> numbers;
  size_t size;
  size_t apart;
  Frame frame;
  size_t bytes;
};

// `candidate`: the one of the order before, or the numbers themselves.
void Measure(Candidate& candidate, int order) {
  if (order > 0) {
    Difference({candidate.numbers.data(), candidate.size}, static_cast<size_t>(order));
  }
  candidate.apart = std::min(candidate.size, static_cast<size_t>(order));
  candidate.frame = ChooseFrame(candidate.Packed());
  candidate.bytes = candidate.frame.bytes;
  for (const uint64_t v : candidate.Apart()) {
    candidate.bytes += VarintBytes(ZigzagEncode(static_cast<int64_t>(v)));
  }
}

}  // namespace

int AppendIntegers(std::string& out, std::span<const uint64_t> numbers) {
  CHECK(numbers.size() <= kMostPacked, "numbers in one column of a group");
  std::array<Candidate, kMostOrder + 1> candidates;
  std::copy(numbers.begin(), numbers.end(), candidates[0].numbers.begin());
  candidates[0].size = numbers.size();
  size_t best = 0;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (i > 0) candidates[i] = candidates[i - 1];
    Measure(candidates[i], static_cast<int>(i));
    if (candidates[i].bytes < candidates[best].bytes) best = i;
  }
  const Candidate& chosen = candidates[best];
  for (const uint64_t v : chosen.Apart()) AppendZigzag(out, static_cast<int64_t>(v));
  AppendPacked(out, chosen.Packed(), chosen.frame);
  return static_cast<int>(best);
}

bool ReadIntegers(std::string_view& in, int order, std::span<uint64_t> numbers) {
  const size_t apart = std::min(numbers.size(), static_cast<size_t>(order));
  for (uint64_t& v : numbers.first(apart)) {
    int64_t number;
    if (!ReadZigzag(in, number)) return false;
    v = static_cast<uint64_t>(number);
  }
  if (!ReadPacked(in, numbers.subspan(apart))) return false;
  for (; order > 0; --order) Accumulate(numbers, static_cast<size_t>(order));
  return true;
}

}  // namespace tidemark::tsdb
