// Varints: integers in 1 to 10 bytes, seven bits each, lowest first; the high
// bit says that more follow.  Zigzag maps 0, -1, 1, -2 … to 0, 1, 2, 3 ….
//
//   AppendVarint(record, labels.size());
//   ...
//   if (!ReadVarint(in, n)) return DataLoss("…");
//
// Readers take what they read off the front of `in`.  They return false, and
// leave `in` where it was, when it ends too early or holds more than 64 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidemark {

inline constexpr size_t kMaxVarintBytes = 10;

inline uint64_t ZigzagEncode(int64_t v) {
  return (static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63);
}
inline int64_t ZigzagDecode(uint64_t v) { return static_cast<int64_t>((v >> 1) ^ (~(v & 1) + 1)); }

// Returns the end of what was written.
inline char* StoreVarint(char* out, uint64_t v) {
  for (; v >= 0x80; v >>= 7) *out++ = static_cast<char>(v | 0x80);
  *out++ = static_cast<char>(v);
  return out;
}
inline void AppendVarint(std::string& out, uint64_t v) {
  char bytes[kMaxVarintBytes];
  out.append(bytes, static_cast<size_t>(StoreVarint(bytes, v) - bytes));
}
inline void AppendZigzag(std::string& out, int64_t v) { AppendVarint(out, ZigzagEncode(v)); }
// The length, then the bytes.
inline void AppendLengthPrefixed(std::string& out, std::string_view bytes) {
  AppendVarint(out, bytes.size());
  out.append(bytes);
}

// Appends many varints with few calls of the string; nothing else may be
// appended until it is gone.
class VarintAppender {
 public:
  explicit VarintAppender(std::string& out) : out_(out) {}
  ~VarintAppender() { Flush(); }
  VarintAppender(const VarintAppender&) = delete;
  VarintAppender& operator=(const VarintAppender&) = delete;

  void Add(uint64_t v) {
    if (at_ + kMaxVarintBytes > bytes_ + sizeof(bytes_)) Flush();
    at_ = StoreVarint(at_, v);
  }
  void AddZigzag(int64_t v) { Add(ZigzagEncode(v)); }
  // So that something else may be appended.
  void Flush() {
    out_.append(bytes_, static_cast<size_t>(at_ - bytes_));
    at_ = bytes_;
  }

 private:
  std::string& out_;
  char bytes_[32 * kMaxVarintBytes];
  char* at_ = bytes_;
};

// The bytes that AppendVarint takes for `v`.
inline size_t VarintBytes(uint64_t v) {
  size_t n = 1;
  for (; v >= 0x80; v >>= 7) ++n;
  return n;
}

// The part of ReadVarint for numbers of more than one byte.
bool ReadLongVarint(std::string_view& in, uint64_t& v);

inline bool ReadVarint(std::string_view& in, uint64_t& v) {
  if (in.empty() || static_cast<unsigned char>(in[0]) >= 0x80) return ReadLongVarint(in, v);
  v = static_cast<unsigned char>(in[0]);
  in.remove_prefix(1);
  return true;
}
// As ReadVarint; also false for numbers above 32 bits.
bool ReadVarint32(std::string_view& in, uint32_t& v);
bool ReadZigzag(std::string_view& in, int64_t& v);
// `bytes` points into what `in` viewed.
bool ReadLengthPrefixed(std::string_view& in, std::string_view& bytes);

}  // namespace tidemark
