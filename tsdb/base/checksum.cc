#include "tsdb/base/checksum.h"

#include <xxhash.h>

#include "tsdb/base/check.h"

namespace tidemark {

uint64_t Checksum64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

struct ChecksumStream::State {
  XXH3_state_t* xxh3 = XXH3_createState();
  ~State() { XXH3_freeState(xxh3); }
};

ChecksumStream::ChecksumStream() : state_(std::make_unique<State>()) {
  CHECK(XXH3_64bits_reset(state_->xxh3) == XXH_OK, "a checksum that cannot begin");
}
ChecksumStream::~ChecksumStream() = default;

void ChecksumStream::Add(std::string_view bytes) {
  CHECK(XXH3_64bits_update(state_->xxh3, bytes.data(), bytes.size()) == XXH_OK,
        "a checksum that cannot go on");
}

uint64_t ChecksumStream::sum() const { return XXH3_64bits_digest(state_->xxh3); }

}  // namespace tidemark
