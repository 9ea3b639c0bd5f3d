#include "tsdb/chunk/float_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "tsdb/chunk/float_layout.h"

namespace tidemark::tsdb {

bool FloatDecoder::Next() {
  const size_t wanted = std::min<size_t>(left_, kDecodeBatch);
  size_t n = 0;
  for (; n < wanted && ReadSample(); ++n) {
    times_[n] = static_cast<int64_t>(t_);
    values_[n] = std::bit_cast<double>(v_.value());
  }
  left_ -= static_cast<uint32_t>(n);
  if (n < wanted) {
    status_ = DataLoss(
        fmt::format("float chunk: sample {} cannot be read at byte {}", read_, bits_.offset()));
    left_ = 0;
  }
  run_.t = {times_.data(), n};
  run_.v = {values_.data(), n};
  return n > 0;
}

bool FloatDecoder::ReadSample() {
  if (read_ == 0 ? !ReadFirst() : !(ReadTime() && v_.Read(bits_))) return false;
  ++read_;
  return true;
}

bool FloatDecoder::ReadFirst() {
  uint64_t v;
  if (!bits_.Read(64, t_) || !bits_.Read(64, v)) return false;
  v_.Start(v);
  return true;
}

bool FloatDecoder::ReadTime() {
  int ones;
  if (!bits_.ReadOnes(kMostOnes, ones)) return false;
  if (ones > 0) {
    uint64_t change;
    if (!bits_.Read(kChangeBits[ones], change)) return false;
    delta_ += SignExtend(change, kChangeBits[ones]);
  }
  const uint64_t before = t_;
  t_ += delta_;
  return static_cast<int64_t>(t_) > static_cast<int64_t>(before);
}

}  // namespace tidemark::tsdb
