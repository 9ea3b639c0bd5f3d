#include "proto/wire.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tidemark::proto {
namespace {

// Groups are a relic that no sender of ours writes; this many may be nested.
constexpr int kMaxGroupDepth = 32;

// A 64-bit varint has at most ten bytes, of which the last holds one bit.
constexpr int kMaxVarintBytes = 10;

int64_t DecodeZigzag(uint64_t v) { return static_cast<int64_t>(v >> 1 ^ (~(v & 1) + 1)); }

}  // namespace

bool WireError::Set(std::string text) {
  if (text_.empty()) text_ = std::move(text);
  return false;
}

bool WireError::Within(std::string_view what, size_t index) {
  text_ = absl::StrCat(absl::string_view(what.data(), what.size()), " ", index, ": ", text_);
  return false;
}

bool WireReader::Fail(const std::string& what, const char* where) {
  return error_->Set(
      absl::StrCat(what, " at byte 0x", absl::Hex(static_cast<uint64_t>(where - origin_))));
}

bool WireReader::FailLength(uint64_t length) {
  return Fail(absl::StrCat("length ", length, " past the end"), field_start_);
}

bool WireReader::FailCut() { return Fail("cut short", at_); }

bool WireReader::FailType() {
  return Fail(absl::StrCat("field ", field(), " has wire type ", static_cast<uint32_t>(type())),
              field_start_);
}

bool WireReader::ReadLongTag() {
  uint64_t tag = 0;
  if (!ReadVarint(&tag)) return false;
  if (tag > UINT32_MAX || tag < 8) {
    return Fail(absl::StrCat("field number ", tag >> 3), field_start_);
  }
  tag_ = static_cast<uint32_t>(tag);
  return true;
}

bool WireReader::ReadLongVarint(uint64_t* out) {
  const char* const start = at_;
  uint64_t value = 0;
  for (int i = 0; i < kMaxVarintBytes; ++i) {
    if (at_ == end_) return FailCut();
    const auto byte = static_cast<uint8_t>(*at_++);
    if (i == kMaxVarintBytes - 1 && byte > 1) break;
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *out = value;
      return true;
    }
  }
  return Fail("varint longer than 64 bits", start);
}

bool WireReader::ReadInt64(int64_t* out) {
  uint64_t v = 0;
  if (!ReadVarint(&v)) return false;
  *out = static_cast<int64_t>(v);
  return true;
}

bool WireReader::ReadInt32(int32_t* out) {
  uint64_t v = 0;
  if (!ReadVarint(&v)) return false;
  *out = static_cast<int32_t>(static_cast<uint32_t>(v));
  return true;
}

bool WireReader::ReadUint32(uint32_t* out) {
  uint64_t v = 0;
  if (!ReadVarint(&v)) return false;
  *out = static_cast<uint32_t>(v);
  return true;
}

bool WireReader::ReadZigzag32(int32_t* out) {
  uint64_t v = 0;
  if (!ReadVarint(&v)) return false;
  *out = static_cast<int32_t>(DecodeZigzag(v & UINT32_MAX));
  return true;
}

bool WireReader::SkipValue(int depth) {
  uint64_t number = 0;
  std::string_view bytes;
  switch (type()) {
    case WireType::kVarint:
      return ReadVarint(&number);
    case WireType::kFixed64:
      return SkipFixed(8);
    case WireType::kBytes:
      return ReadBytes(&bytes);
    case WireType::kStartGroup:
      return SkipGroup(depth + 1);
    case WireType::kFixed32:
      return SkipFixed(4);
    case WireType::kEndGroup:
      break;
  }
  return FailType();
}

bool WireReader::SkipFixed(size_t bytes) {
  if (static_cast<size_t>(end_ - at_) < bytes) return FailCut();
  at_ += bytes;
  return true;
}

bool WireReader::SkipGroup(int depth) {
  const uint32_t end_tag = Tag(field(), WireType::kEndGroup);
  if (depth > kMaxGroupDepth) return Fail("groups nested too deeply", field_start_);
  while (Next()) {
    if (tag() == end_tag) return true;
    if (!SkipValue(depth)) return false;
  }
  return ok() ? FailCut() : false;
}

bool TooManyInSeries(WireError& error, const char* what, size_t limit) {
  return error.Set(absl::StrCat("more than ", limit, " ", what, " in one series"));
}

}  // namespace tidemark::proto
