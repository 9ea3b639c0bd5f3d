// WireReader: the fields of one protobuf message, read in place.
//
//   WireReader in(message, body.data(), &error);
//   while (in.Next()) {
//     switch (in.tag()) {
//       case Tag(1, WireType::kBytes): if (!in.ReadBytes(&name)) return false; break;
//       default: if (!in.Skip()) return false;
//     }
//   }
//   return in.ok();
//
// Encoding: protobuf.dev/programming-guides/encoding.  Nothing is copied and
// nothing allocated until something is wrong; then the first failure is written
// to the WireError that nested readers share, and everything returns false.
//
// Threads: one.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tidemark::proto {

enum class WireType : uint32_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,  // strings, messages, packed numbers
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5,
};

// What stands before a field: its number and its wire type in one integer.
constexpr uint32_t Tag(uint32_t field, WireType type) {
  return field << 3 | static_cast<uint32_t>(type);
}

// The first thing that was wrong, e.g. "length 400 past the end at byte 0x40".
// Readers of outer messages say where it was with Within().
class WireError {
 public:
  bool ok() const { return text_.empty(); }
  const std::string& text() const { return text_; }
  // Returns false, so that a reader can `return error.Set(…)`.
  bool Set(std::string text);
  bool Within(std::string_view what, size_t index);  // "label", 3: "label 3: length …"

 private:
  std::string text_;
};

class WireReader {
 public:
  // Reads `message`, which lies in the body that starts at `origin`: errors
  // give offsets from there.
  WireReader(std::string_view message, const char* origin, WireError* error)
      : at_(message.data()), end_(at_ + message.size()), origin_(origin), error_(error) {}

  // Moves to the next field; false at the end and on a bad tag.
  bool Next() {
    field_start_ = at_;
    if (at_ == end_) return false;
    const auto first = static_cast<uint8_t>(*at_);
    if (first >= 8 && first < 0x80) {  // fields 1 to 15
      ++at_;
      tag_ = first;
      return true;
    }
    return ReadLongTag();
  }
  bool ok() const { return error_->ok(); }

  uint32_t tag() const { return tag_; }
  uint32_t field() const { return tag_ >> 3; }
  WireType type() const { return static_cast<WireType>(tag_ & 7); }
  // Where the tag that Next() read stands, and where the next one will be read.
  const char* field_start() const { return field_start_; }
  const char* at() const { return at_; }
  bool done() const { return at_ == end_; }

  // The value of the field that Next() moved to; each must be called at most
  // once and for a tag of its wire type.
  bool ReadBytes(std::string_view* out) {
    uint64_t length = 0;
    if (!ReadVarint(&length)) return false;
    if (length > static_cast<uint64_t>(end_ - at_)) return FailLength(length);
    *out = {at_, static_cast<size_t>(length)};
    at_ += length;
    return true;
  }
  bool ReadVarint(uint64_t* out) {
    if (at_ != end_ && static_cast<uint8_t>(*at_) < 0x80) {
      *out = static_cast<uint8_t>(*at_++);
      return true;
    }
    if (end_ - at_ >= 2 && static_cast<uint8_t>(at_[1]) < 0x80) {
      *out = (static_cast<uint8_t>(at_[0]) & 0x7f) | uint64_t{static_cast<uint8_t>(at_[1])} << 7;
      at_ += 2;
      return true;
    }
    return ReadLongVarint(out);
  }
  bool ReadDouble(double* out) {
    static_assert(std::endian::native == std::endian::little);
    if (end_ - at_ < 8) return FailCut();
    std::memcpy(out, at_, 8);
    at_ += 8;
    return true;
  }
  bool ReadInt64(int64_t* out);      // int64, not zigzag
  bool ReadInt32(int32_t* out);      // int32 and enums
  bool ReadUint32(uint32_t* out);    // the low 32 bits, as protobuf has it
  bool ReadZigzag64(int64_t* out) {  // sint64
    uint64_t v = 0;
    if (!ReadVarint(&v)) return false;
    *out = static_cast<int64_t>(v >> 1 ^ (~(v & 1) + 1));
    return true;
  }
  bool ReadZigzag32(int32_t* out);  // sint32

  // Passes over the value of an unknown field.
  bool Skip() { return SkipValue(/*depth=*/0); }

  // For a known field with another wire type than its schema says.
  bool FailType();

 private:
  bool ReadLongTag();
  bool ReadLongVarint(uint64_t* out);
  bool SkipValue(int depth);
  bool SkipGroup(int depth);
  bool SkipFixed(size_t bytes);
  bool FailLength(uint64_t length);
  bool FailCut();
  bool Fail(const std::string& what, const char* where);

  const char* at_;
  const char* const end_;
  const char* const origin_;
  const char* field_start_ = nullptr;
  uint32_t tag_ = 0;
  WireError* const error_;
};

// The end of every message's switch: unknown fields are passed over, known
// numbers of the wrong type are not.
inline bool SkipUnknown(WireReader& in, uint32_t max_known_field) {
  return in.field() <= max_known_field ? in.FailType() : in.Skip();
}

// "more than 4096 samples in one series".  Returns false.
bool TooManyInSeries(WireError& error, const char* what, size_t limit);

}  // namespace tidemark::proto
