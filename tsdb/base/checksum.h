// Checksums of what is stored: XXH3, whose values are frozen since xxHash 0.8.0.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace tidemark {

uint64_t Checksum64(std::string_view bytes);

// The low half of Checksum64, where four bytes have to do.
inline uint32_t Checksum32(std::string_view bytes) {
  return static_cast<uint32_t>(Checksum64(bytes));
}

// Checksum64 of what comes in parts, a file for instance.  Threads: one.
class ChecksumStream {
 public:
  ChecksumStream();
  ~ChecksumStream();
  void Add(std::string_view bytes);
  uint64_t sum() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tidemark
