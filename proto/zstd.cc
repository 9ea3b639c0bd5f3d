#include "proto/zstd.h"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "absl/strings/str_cat.h"

namespace tidemark::proto {
namespace {

// What a body is taken to grow to at first: metrics shrink to a tenth and less.
constexpr size_t kFirstRatio = 8;

// Windows below that are always allowed: what encoders use at their usual levels.
constexpr int kUsualWindowLog = 23;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

absl::Status TooLarge(size_t max_bytes) {
  return absl::ResourceExhaustedError(
      absl::StrCat("zstd: the body holds more than the limit of ", max_bytes, " bytes decoded"));
}

absl::Status Corrupt(size_t size, const char* why) {
  return absl::InvalidArgumentError(absl::StrCat("zstd: the body of ", size, " bytes: ", why));
}

// The context of this thread, as one is a hundred KiB and more.
ZSTD_DCtx* Context(size_t max_bytes) {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  const int max_window_log = std::max<int>(kUsualWindowLog, std::bit_width(max_bytes));
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, std::min(max_window_log, 27));
  return context.get();
}

}  // namespace

absl::Status ZstdDecode(std::string_view body, size_t max_bytes, std::string& out) {
  ZSTD_DCtx* const context = Context(max_bytes);
  // One byte more than allowed tells that there is more.
  const size_t room = max_bytes + 1;
  out.resize(std::min(room, std::max(out.capacity(), body.size() * kFirstRatio)));
  ZSTD_inBuffer in = {body.data(), body.size(), 0};
  size_t written = 0;
  size_t expected = 1;  // 0: a frame is complete
  while (in.pos < in.size || expected != 0) {
    if (written == out.size()) out.resize(std::min(room, std::max<size_t>(64, written * 2)));
    ZSTD_outBuffer piece = {out.data(), out.size(), written};
    const size_t read_before = in.pos;
    expected = ZSTD_decompressStream(context, &piece, &in);
    if (ZSTD_isError(expected)) return Corrupt(body.size(), ZSTD_getErrorName(expected));
    if (piece.pos > max_bytes) return TooLarge(max_bytes);
    if (piece.pos == written && in.pos == read_before && written < out.size()) {
      return Corrupt(body.size(), "cut short");
    }
    written = piece.pos;
  }
  out.resize(written);
  return absl::OkStatus();
}

}  // namespace tidemark::proto
