// BitWriter, BitReader: numbers of any width in a string of bytes, the highest
// bit first.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tsdb/base/coding.h"

namespace tidemark::tsdb {

class BitWriter {
 public:
  // Appends the low `bits` (0 to 64) of `value`; higher ones must be 0.
  void Write(uint64_t value, int bits) {
    if (bits <= free_) {
      if (bits == 0) return;
      free_ -= bits;
      bytes_.back() |= static_cast<char>(value << free_);
      return;
    }
    bits -= free_;
    if (free_ > 0) bytes_.back() |= static_cast<char>(value >> bits);
    // The rest in whole bytes at once; what was written is shifted out.
    const int whole = (bits + 7) / 8;
    char rest[sizeof(uint64_t)];
    StoreBigEndian(rest, value << (64 - bits));
    bytes_.append(rest, static_cast<size_t>(whole));
    free_ = 8 * whole - bits;
  }

  // Asks for the memory that the next Write changes.
  void PrefetchEnd() const { __builtin_prefetch(bytes_.data() + bytes_.size(), 1); }
  // All bytes so far; the unused low bits of the last one are 0.
  const std::string& bytes() const { return bytes_; }
  // Empties it; gives the bytes away.
  std::string Take() {
    free_ = 0;
    return std::exchange(bytes_, {});
  }
  // Empties it; keeps the memory.
  void Clear() {
    bytes_.clear();
    free_ = 0;
  }

 private:
  std::string bytes_;
  int free_ = 0;  // bits of the last byte that are not used yet
};

// Threads: one.  Ownership: the bytes must outlive it.
class BitReader {
 public:
  explicit BitReader(std::string_view bytes) : bytes_(bytes) {}

  // Reads `bits` (0 to 64) into the low bits of `value`; false, and nothing
  // sensible in it, past the end.
  bool Read(int bits, uint64_t& value) {
    if (bits > kMostAtOnce) return ReadWide(bits, value);
    if (available_ < bits && !Refill(bits)) return false;
    // In two steps, as a shift by 64 has no meaning.
    value = (window_ >> 1) >> (63 - bits);
    window_ <<= bits;
    available_ -= bits;
    return true;
  }

  // Reads ones up to and with the first zero, at most `most`; `count` is that
  // of the ones.
  bool ReadOnes(int most, int& count) {
    if (available_ < most) Refill(most);
    count = std::min(std::countl_one(window_), most);
    const int bits = count == most ? most : count + 1;
    if (bits > available_) return false;
    window_ <<= bits;
    available_ -= bits;
    return true;
  }

  // ReadOnes(most), and unless there are `most`, Read(bits), with one look at what
  // is left.  most + 1 + bits is at most kMostAtOnce.
  bool ReadOnesAndBits(int most, int bits, int& count, uint64_t& value) {
    if (available_ < most + 1 + bits) Refill(most + 1 + bits);
    count = std::countl_one(window_);
    if (count >= most) {
      value = 0;
      return ReadOnes(most, count);
    }
    const int all = count + 1 + bits;
    if (all > available_) return false;
    // Shifts in two steps, as one by 64 has no meaning.
    value = ((window_ << (count + 1)) >> 1) >> (63 - bits);
    window_ <<= all;
    available_ -= all;
    return true;
  }

  static constexpr int kMostAtOnce = 56;

  // Where the next bit is, in whole bytes from the start; for messages.
  size_t offset() const { return next_ - static_cast<size_t>(available_) / 8; }

 private:
  bool ReadWide(int bits, uint64_t& value) {
    uint64_t high, low;
    if (!Read(bits - 32, high) || !Read(32, low)) return false;
    value = (high << 32) | low;
    return true;
  }

  // Fills the window with whole bytes; false if it then holds less than `bits`.
  bool Refill(int bits) {
    if (next_ + sizeof(uint64_t) <= bytes_.size()) {
      // Eight bytes at once.  Bits of a byte that fits only in part are put in
      // a second time later, where they stand already.
      window_ |= LoadBigEndian<uint64_t>(bytes_.data() + next_) >> available_;
      const int bytes = (64 - available_) / 8;
      next_ += static_cast<size_t>(bytes);
      available_ += 8 * bytes;
      return true;
    }
    while (available_ <= kMostAtOnce && next_ < bytes_.size()) {
      window_ |= uint64_t{static_cast<unsigned char>(bytes_[next_++])} << (56 - available_);
      available_ += 8;
    }
    return available_ >= bits;
  }

  std::string_view bytes_;
  size_t next_ = 0;      // the next byte for the window
  uint64_t window_ = 0;  // the next bits, from the highest on
  int available_ = 0;    // bits in the window
};

}  // namespace tidemark::tsdb
