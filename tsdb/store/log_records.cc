#include "tsdb/store/log_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tsdb/base/crc32c.h"

namespace tidemark::tsdb {
namespace {

constexpr uint64_t kBlock = 32 << 10;
constexpr uint64_t kHeader = 7;  // checksum <u32 le>, length <u16 le>, type <u8>

enum Type : uint8_t { kZero = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

uint32_t LittleEndian(std::string_view bytes) {
  uint32_t out = 0;
  for (size_t i = bytes.size(); i-- > 0;) out = out << 8 | static_cast<uint8_t>(bytes[i]);
  return out;
}

// RocksDB stores checksums turned and shifted, so that one over bytes that hold
// checksums is not weak.
uint32_t Masked(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

bool AllZero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

uint64_t BlockEndOf(uint64_t at) { return (at / kBlock + 1) * kBlock; }

}  // namespace

std::string LogRecords::Parse(uint64_t at, Fragment& fragment) const {
  const std::string_view rest = file_.substr(at, BlockEndOf(at) - at);
  if (rest.size() < kHeader) return fmt::format("{} bytes, too few for a record", rest.size());
  const uint32_t length = LittleEndian(rest.substr(4, 2));
  fragment.begin = at;
  fragment.type = static_cast<uint8_t>(rest[6]);
  if (fragment.type < kFull || fragment.type > kLast) {
    return fmt::format("a record of the unknown type {}", fragment.type);
  }
  if (kHeader + length > rest.size()) {
    return fmt::format("a record of {} bytes where {} are left", length, rest.size() - kHeader);
  }
  const uint32_t stored = LittleEndian(rest.substr(0, 4));
  const uint32_t computed = Masked(Crc32c(rest.substr(6, length + 1)));
  if (stored != computed) {
    return fmt::format("a record with checksum {:08x}, want {:08x}", computed, stored);
  }
  fragment.payload = rest.substr(kHeader, length);
  return "";
}

// Whether the rest of the block is zeros: its trailer, or space that was reserved.
bool LogRecords::SkipPadding() {
  const std::string_view rest = file_.substr(at_, BlockEndOf(at_) - at_);
  if (rest.size() >= kHeader && rest[6] != kZero) return false;
  if (!AllZero(rest)) return false;
  at_ += rest.size();
  return true;
}

uint64_t LogRecords::Resync(uint64_t at) const {
  const uint64_t end = std::min<uint64_t>(BlockEndOf(at), file_.size());
  Fragment fragment;
  for (++at; at + kHeader <= end; ++at) {
    if (Parse(at, fragment).empty()) return at;
  }
  return end;
}

bool LogRecords::NextFragment(Fragment& fragment) {
  while (at_ < file_.size()) {
    if (SkipPadding()) continue;
    const std::string wrong = Parse(at_, fragment);
    if (wrong.empty()) {
      at_ += kHeader + fragment.payload.size();
      return true;
    }
    const uint64_t begin = at_;
    at_ = Resync(at_);
    DropUnfinished(begin);
    Damaged(begin, at_, wrong);
  }
  return false;
}

// Damage that touches the one before is the same.
void LogRecords::Damaged(uint64_t begin, uint64_t end, const std::string& what) {
  if (!damage_.empty() && damage_.back().end >= begin) {
    damage_.back().end = std::max(damage_.back().end, end);
    return;
  }
  damage_.push_back({begin, end, what, false});
}

void LogRecords::DropUnfinished(uint64_t end) {
  if (has_unfinished_) Damaged(unfinished_at_, end, "a record without its end");
  has_unfinished_ = false;
  unfinished_.clear();
}

// True when it completes a record.
bool LogRecords::Add(const Fragment& fragment) {
  if (fragment.type == kFull || fragment.type == kFirst) {
    DropUnfinished(fragment.begin);
    unfinished_at_ = fragment.begin;
    has_unfinished_ = true;
  } else if (!has_unfinished_) {
    Damaged(fragment.begin, at_, "a record without its beginning");
    return false;
  }
  unfinished_ += fragment.payload;
  if (fragment.type != kFull && fragment.type != kLast) return false;
  record_ = std::exchange(unfinished_, std::string());
  offset_ = unfinished_at_;
  has_unfinished_ = false;
  good_until_ = at_;
  return true;
}

bool LogRecords::Next() {
  Fragment fragment;
  while (NextFragment(fragment)) {
    if (Add(fragment)) return true;
  }
  DropUnfinished(file_.size());
  for (LogDamage& damage : damage_) damage.at_end = damage.begin >= good_until_;
  return false;
}

}  // namespace tidemark::tsdb
