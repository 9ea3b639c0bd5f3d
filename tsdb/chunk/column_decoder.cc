#include "tsdb/chunk/column_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/chunk/bit_stream.h"
#include "tsdb/chunk/column_decimals.h"
#include "tsdb/chunk/column_times.h"
#include "tsdb/chunk/scaled_group.h"
#include "tsdb/chunk/xor_values.h"

namespace tidemark::tsdb {
bool GroupCursor::Advance() {
  int64_t late;
  if (!ReadZigzag(rest, late) || !ReadLengthPrefixed(rest, bytes)) return false;
  samples = std::min<size_t>(left, most);
  left -= static_cast<uint32_t>(samples);
  first = static_cast<int64_t>(expected + static_cast<uint64_t>(late));
  expected = static_cast<uint64_t>(first) + most * interval;
  return true;
}

ColumnDecoder::ColumnDecoder(const ChunkView& chunk) : chunk_(chunk) {
  if (!ReadHeader(chunk.bytes)) Fail(chunk.bytes);
}

bool ColumnDecoder::ReadHeader(std::string_view in) {
  if (!ReadVarint(in, group_.interval)) return false;
  if (chunk_.codec == Codec::kColumnConstant && !ReadDouble(in, constant_)) return false;
  if (chunk_.codec == Codec::kColumnDecimal &&
      (!ReadBigEndian(in, decimals_) || decimals_ > kMostDecimals)) {
    return false;
  }
  if (chunk_.codec == Codec::kColumnScaled) {
    uint64_t id;
    if (ReadVarint(in, id)) scale_ = ValueScale::FromId(id);
    if (!scale_) return false;
  }
  group_.most = GroupSamples(chunk_.codec);
  group_.rest = in;
  group_.left = chunk_.count;
  return true;
}

bool ColumnDecoder::Next() {
  run_ = {};
  if (!status_.ok() || group_.left == 0) return false;
  const std::string_view start = group_.rest;
  if (!group_.Advance()) {
    Fail(start);
    return false;
  }
  if (!ReadGroup()) {
    Fail(group_.bytes);
    return false;
  }
  any_ = true;
  last_ = times_[group_.samples - 1];
  run_.t = {times_.data(), group_.samples};
  run_.v = {values_.data(), group_.samples};
  return true;
}

void ColumnDecoder::Skip(int64_t t) {
  run_ = {};
  if (!status_.ok()) return;
  // The group before the first one that begins after `t` is the one to decode
  // next; what is damaged is for Next to report.
  GroupCursor next = group_;
  if (next.left == 0 || !next.Advance()) return;
  for (GroupCursor after = next; after.left > 0 && after.Advance(); next = after) {
    if (after.first <= next.first || after.first > t) return;
    group_ = next;
    last_ = any_ ? std::max(last_, next.first) : next.first;
    any_ = true;
  }
}

bool ColumnDecoder::ReadGroup() {
  std::string_view in = group_.bytes;
  if (any_ && group_.first <= last_) return false;
  times_[0] = group_.first;
  const std::span<int64_t> times(times_.data(), group_.samples);
  if (scale_) {
    return ReadScaledGroup(in, group_.interval, *scale_, times, {values_.data(), group_.samples});
  }
  uint8_t head;
  if (!ReadBigEndian(in, head) || (head & kUnusedHead) != 0) return false;
  return ReadTimes(in, head & kTimeOrderMask, group_.interval, times) &&
         ReadValues(in, head, {values_.data(), group_.samples});
}

bool ColumnDecoder::ReadValues(std::string_view in, uint8_t head, std::span<double> values) const {
  if (chunk_.codec == Codec::kColumnConstant) {
    std::fill(values.begin(), values.end(), constant_);
    return true;
  }
  if (chunk_.codec == Codec::kColumnXor) {
    BitReader bits(in);
    return ReadXorValues(bits, values);
  }
  const DecimalForm form{(head & kValueOrderMask) >> kValueOrderShift,
                         (head & kValueExceptions) != 0};
  return form.order <= kMostOrder && ReadDecimals(in, form, decimals_, values);
}

// `in`: what could not be read, part of the chunk.
void ColumnDecoder::Fail(std::string_view in) {
  const auto offset = static_cast<size_t>(in.data() - chunk_.bytes.data());
  const uint32_t sample = chunk_.count - group_.left;
  status_ = DataLoss(fmt::format("column chunk: what begins at byte {} cannot be read, {}", offset,
                                 fmt::format("up to sample {} of {}", sample, chunk_.count)));
}

}  // namespace tidemark::tsdb
