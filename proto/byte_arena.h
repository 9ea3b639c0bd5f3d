// ByteArena: bytes that stay where they were written until the arena goes.
//
//   char* const at = arena.Reserve(most);
//   arena.Take(Write(at) - at);
//
// Threads: one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace tidemark::proto {

class ByteArena {
 public:
  // Room for `bytes` in one piece; the next call may give the same again,
  // unless Take said how much of it is used.
  char* Reserve(size_t bytes) {
    if (bytes > left_) {
      left_ = std::max(bytes, kChunkBytes);
      // Not make_unique: it would clear them.
      chunks_.emplace_back(new char[left_]);
      at_ = chunks_.back().get();
    }
    return at_;
  }
  // At most what was reserved last.
  void Take(size_t bytes) {
    at_ += bytes;
    left_ -= bytes;
  }

 private:
  // Below what malloc asks the kernel for each time.
  static constexpr size_t kChunkBytes = 64 << 10;

  std::vector<std::unique_ptr<char[]>> chunks_;
  char* at_ = nullptr;
  size_t left_ = 0;
};

}  // namespace tidemark::proto
