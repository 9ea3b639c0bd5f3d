#include "proto/snappy.h"

#include <snappy.h>

#include "absl/strings/str_cat.h"

namespace tidemark::proto {
namespace {

// Snappy's densest element copies 64 bytes and takes 3: a header that promises
// more than that of its block is a lie, found before memory is taken for it.
constexpr size_t kMaxRatio = 22;

absl::Status CorruptBlock(size_t size) {
  return absl::InvalidArgumentError(
      absl::StrCat("snappy: the block of ", size, " bytes is corrupt or cut short"));
}

}  // namespace

absl::Status SnappyDecode(std::string_view block, size_t max_bytes, std::string& out) {
  size_t decoded = 0;
  if (!snappy::GetUncompressedLength(block.data(), block.size(), &decoded)) {
    return absl::InvalidArgumentError("snappy: the header does not hold a length");
  }
  if (decoded > max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat("snappy: the body declares ", decoded,
                                                     " bytes decoded, more than the limit of ",
                                                     max_bytes));
  }
  if (decoded / kMaxRatio > block.size()) return CorruptBlock(block.size());
  out.resize(decoded);
  if (!snappy::RawUncompress(block.data(), block.size(), out.data())) {
    return CorruptBlock(block.size());
  }
  return absl::OkStatus();
}

}  // namespace tidemark::proto
