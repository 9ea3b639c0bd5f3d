// Any bytes as a snappy block: an error, or no more than the bound.
#include <cstdlib>
#include <string>

#include "proto/snappy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kMaxBytes = 1 << 20;
  std::string out;
  const std::string_view block(reinterpret_cast<const char*>(data), size);
  const absl::Status status = tidemark::proto::SnappyDecode(block, kMaxBytes, out);
  if (status.ok() && out.size() > kMaxBytes) std::abort();
  if (out.capacity() > kMaxBytes * 2) std::abort();
  return 0;
}
