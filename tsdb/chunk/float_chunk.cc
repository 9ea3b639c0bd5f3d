#include "tsdb/chunk/float_chunk.h"

#include <bit>

#include "tsdb/chunk/float_layout.h"

namespace tidemark::tsdb {

void FloatChunk::Append(int64_t t, double v) {
  CHECK(empty() || t > last_t_, "samples of a chunk ascend in time");
  if (empty()) {
    min_t_ = t;
    bits_.Write(static_cast<uint64_t>(t), 64);
    bits_.Write(std::bit_cast<uint64_t>(v), 64);
    values_.Start(std::bit_cast<uint64_t>(v));
  } else {
    AppendTime(t);
    values_.Append(bits_, std::bit_cast<uint64_t>(v));
  }
  last_t_ = t;
  ++count_;
}

void FloatChunk::AppendTime(int64_t t) {
  const uint64_t delta = static_cast<uint64_t>(t) - static_cast<uint64_t>(last_t_);
  const uint64_t change = delta - last_delta_;
  last_delta_ = delta;
  WriteTimeChange(bits_, change);
}

std::string FloatChunk::Take() {
  std::string bytes = bits_.Take();
  Clear();
  return bytes;
}

void FloatChunk::Clear() {
  bits_.Clear();
  count_ = 0;
  last_delta_ = 0;
}

}  // namespace tidemark::tsdb
