// BitPacker: BitWriter (tsdb/chunk/bit_stream.h) for bits that are read only when
// all of them are there; several times as fast.
//
//   BitPacker bits;
//   bits.Write(5, 3);
//   out += bits.Finish();
#pragma once

#include <cstdint>
#include <string>

#include "tsdb/base/coding.h"

namespace tidemark::tsdb {

class BitPacker {
 public:
  // Appends the low `bits` (0 to 64) of `value`; higher ones must be 0.
  void Write(uint64_t value, int bits) {
    if (bits < free_) {
      free_ -= bits;
      // In two steps: no bits of an empty word would be a shift by 64.
      pending_ |= value << (free_ - 1) << 1;
      return;
    }
    // What does not fit is the start of the next word; a shift by 64 has no meaning.
    const int left = bits - free_;
    pending_ |= left < 64 ? value >> left : 0;
    AppendBigEndian<uint64_t>(bytes_, pending_);
    free_ = 64 - left;
    pending_ = left == 0 ? 0 : value << free_;
  }

  // All of it; the unused low bits of the last byte are 0.  Nothing may follow.
  const std::string& Finish() {
    const int bytes = (64 - free_ + 7) / 8;
    AppendBigEndian<uint64_t>(bytes_, pending_);
    bytes_.resize(bytes_.size() - 8 + static_cast<size_t>(bytes));
    return bytes_;
  }

 private:
  std::string bytes_;
  uint64_t pending_ = 0;  // not in bytes_ yet, from the highest bit on
  int free_ = 64;         // bits of it
};

}  // namespace tidemark::tsdb
