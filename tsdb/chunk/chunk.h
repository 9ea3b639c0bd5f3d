// Chunks: consecutive samples of one series and one type as bytes.
//
//   FloatChunk chunk;                          // or HistogramChunk
//   chunk.Append(t, v);                        // times ascend strictly
//   ...
//   ChunkView view{Codec::kXorFloat, chunk.count(), copy_of_bytes};
//   auto decoder = NewChunkDecoder(view);
//   while (decoder->Next()) Use(decoder->run());
//   RETURN_IF_ERROR(decoder->status());
//
// Chunks have no checksum and no header of their own: tsdb/chunk/encoded_run.h
// gives them one.  Layouts: docs/formats.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "tsdb/base/status.h"
#include "tsdb/model/sample_iterator.h"

namespace tidemark::tsdb {

// On disk; a number once used is never given another meaning.
enum class Codec : uint8_t {
  kOpaque = 0,          // bytes that could not be read, kept as they were
  kXorFloat = 1,        // tsdb/chunk/float_chunk.h
  kHistogram = 2,       // tsdb/chunk/histogram_chunk.h
  kColumnConstant = 3,  // tsdb/chunk/column_chunk.h, and all that follow
  kColumnDecimal = 4,
  kColumnXor = 5,
  kCut = 6,              // no samples: an interval that was deleted, tsdb/chunk/encoded_run.h
  kColumnScaled = 7,     // tsdb/chunk/column_chunk.h
  kColumnHistogram = 8,  // tsdb/chunk/histogram_columns.h
};
inline constexpr Codec kLastCodec = Codec::kColumnHistogram;

inline bool IsColumnCodec(Codec codec) {
  return (codec >= Codec::kColumnConstant && codec <= Codec::kColumnXor) ||
         codec == Codec::kColumnScaled;
}
inline bool IsFloatCodec(Codec codec) { return codec == Codec::kXorFloat || IsColumnCodec(codec); }
inline bool IsHistogramCodec(Codec codec) {
  return codec == Codec::kHistogram || codec == Codec::kColumnHistogram;
}

// The first `count` samples in `bytes`.
struct ChunkView {
  Codec codec = Codec::kXorFloat;
  uint32_t count = 0;
  std::string_view bytes;
};

// The most samples in one run that a decoder hands out.
inline constexpr size_t kDecodeBatch = 128;

// Reads bytes that nobody has checked: whatever they are, it stays inside them
// and ends.  status() after the last Next():
//   kDataLoss  the bytes end early or say what no encoder says; the message
//              names the sample and the byte
//
// Threads: one.  Ownership: the bytes must outlive it.
class ChunkDecoder {
 public:
  virtual ~ChunkDecoder() = default;
  // Moves to the next up to kDecodeBatch samples; false at the end and after an
  // error.  What was decoded before the error has been handed out.
  virtual bool Next() = 0;
  // The next call of Next may leave out batches that end before `t`, where the
  // codec can tell so without decoding them.  run() is not valid until then.
  virtual void Skip(int64_t t) { static_cast<void>(t); }
  // Valid until the next call of Next or Skip.
  virtual const SampleRun& run() const = 0;
  virtual Status status() const = 0;
};

// For a codec that is not one of samples: a decoder that fails at once.
std::unique_ptr<ChunkDecoder> NewChunkDecoder(const ChunkView& chunk);

}  // namespace tidemark::tsdb
