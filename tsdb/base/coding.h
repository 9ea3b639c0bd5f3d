// Fixed-width big-endian integers and doubles: what keys and headers are made
// of.  Compared as bytes, unsigned big-endian numbers sort as numbers do.
//
//   AppendBigEndian<uint32_t>(key, tenant);
//   ...
//   if (!ReadBigEndian(in, tenant)) return DataLoss("…");
//
// Readers take what they read off the front of `in`; they return false, and
// leave it where it was, when it is too short.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace tidemark {

// The bytes of `v` in the other order, where this machine's is not big-endian.
template <typename T>
T BigEndianBytes(T v) {
  static_assert(std::is_unsigned_v<T>, "signed numbers do not sort as bytes");
  if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) return v;
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(v);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(v);
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(v);
}

template <typename T>
void StoreBigEndian(char* out, T v) {
  const T bytes = BigEndianBytes(v);
  std::memcpy(out, &bytes, sizeof(T));
}

template <typename T>
T LoadBigEndian(const char* in) {
  T bytes;
  std::memcpy(&bytes, in, sizeof(T));
  return BigEndianBytes(bytes);
}

// The type is to be named, so that a width on disk never follows a variable's.
template <typename T>
void AppendBigEndian(std::string& out, std::type_identity_t<T> v) {
  char bytes[sizeof(T)];
  StoreBigEndian<T>(bytes, v);
  out.append(bytes, sizeof(T));
}

template <typename T>
bool ReadBigEndian(std::string_view& in, T& v) {
  if (in.size() < sizeof(T)) return false;
  v = LoadBigEndian<T>(in.data());
  in.remove_prefix(sizeof(T));
  return true;
}

// The eight bytes of the bit pattern, so that every NaN comes back as it was.
inline void AppendDouble(std::string& out, double v) {
  AppendBigEndian<uint64_t>(out, std::bit_cast<uint64_t>(v));
}
inline bool ReadDouble(std::string_view& in, double& v) {
  uint64_t bits;
  if (!ReadBigEndian(in, bits)) return false;
  v = std::bit_cast<double>(bits);
  return true;
}

}  // namespace tidemark
