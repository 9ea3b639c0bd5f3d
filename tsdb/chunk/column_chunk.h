// Column chunks: sealed floats of one series, a column of times and a column of
// values in groups of 64 samples (128 where they are scaled).  A group is read without those before
// it, and says how long it is, so that a reader of a few minutes decodes one of them
// (ChunkDecoder::Skip).
//
// The codec says how values are kept: once for all of them, as whole numbers of
// some scale (tsdb/chunk/value_scale.h) or as XOR (tsdb/chunk/xor_values.h); that
// of decimals (tsdb/chunk/column_decimals.h) is read and no longer written.  Any int64
// time and any double, bit for bit, comes back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "tsdb/chunk/chunk.h"

namespace tidemark::tsdb {

struct SealedFloats {
  Codec codec = Codec::kColumnXor;
  uint32_t count = 0;
  std::string bytes;
  ChunkView view() const { return {codec, count, bytes}; }
};

// As many bytes as the smallest codec takes; for few samples that may be a
// float chunk (Codec::kXorFloat).  At least one sample; times ascend strictly;
// there are as many values.
SealedFloats SealFloats(std::span<const int64_t> times, std::span<const double> values);

// `chunk` with samples behind its last one, without decoding or writing anew its
// groups but the last: what was sealed costs nothing when a little more comes.  At
// least one sample more; as many values as times.  Nothing, and SealFloats of all of
// them is to be used, where that could take fewer bytes or say more: a chunk of another
// codec than kColumnScaled or of less than a group, samples at another interval or of
// a finer scale, and bytes that cannot be read.
std::optional<SealedFloats> ExtendFloats(const ChunkView& chunk, std::span<const int64_t> times,
                                         std::span<const double> values);

}  // namespace tidemark::tsdb
