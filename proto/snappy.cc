#include "proto/snappy.h"

#include <snappy.h>

#include "absl/strings/str_cat.h"

namespace tidemark::proto {

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
  out.resize(decoded);
  if (!snappy::RawUncompress(block.data(), block.size(), out.data())) {
    return absl::InvalidArgumentError(
        absl::StrCat("snappy: the block of ", block.size(), " bytes is corrupt or cut short"));
  }
  return absl::OkStatus();
}

}  // namespace tidemark::proto
