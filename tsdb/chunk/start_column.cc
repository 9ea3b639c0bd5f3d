#include "tsdb/chunk/start_column.h"

#include "tsdb/base/varint.h"

namespace tidemark::tsdb {
namespace {

// Of a head: the mode; above it, how many samples.
constexpr int kModeBits = 2;
constexpr uint64_t kModeMask = (1 << kModeBits) - 1;

void AppendHead(std::string& out, StartMode mode, uint64_t repeat) {
  AppendVarint(out, repeat << kModeBits | static_cast<uint64_t>(mode));
}

// Modulo 2^64, so that any two times have a difference.
int64_t Difference(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
int64_t Sum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

}  // namespace

void StartWriter::Add(uint32_t index, int64_t t, int64_t start) {
  const bool follows = next_ > 0 && index == next_;
  const bool is_before = follows && start == last_t_;
  const bool goes_on = follows && (mode_ == StartMode::kSame ? start == start_ : is_before);
  if (!goes_on) {
    Flush(bytes_);
    if (index > next_) AppendHead(bytes_, StartMode::kNone, index - next_);
    mode_ = is_before ? StartMode::kBefore : StartMode::kSame;
    change_ = Difference(start, start_);
    repeat_ = 0;
  }
  ++repeat_;
  start_ = start;
  next_ = index + 1;
  last_t_ = t;
}

void StartWriter::Flush(std::string& out) const {
  if (repeat_ == 0) return;
  AppendHead(out, mode_, repeat_);
  if (mode_ == StartMode::kSame) AppendZigzag(out, change_);
}

std::string StartWriter::Finish() const {
  std::string out = bytes_;
  Flush(out);
  return out;
}

bool StartReader::Open() {
  uint64_t head;
  if (!ReadVarint(in_, head)) return false;
  left_ = head >> kModeBits;
  if (left_ == 0 || (head & kModeMask) > static_cast<uint64_t>(StartMode::kBefore)) return false;
  mode_ = static_cast<StartMode>(head & kModeMask);
  int64_t change;
  if (mode_ != StartMode::kSame) return true;
  if (!ReadZigzag(in_, change)) return false;
  start_ = Sum(start_, change);
  return true;
}

int64_t StartReader::Next(int64_t t) {
  int64_t start = 0;
  if (left_ == 0 && !in_.empty() && !Open()) {
    ok_ = false;
    in_ = {};
    left_ = 0;
  }
  if (left_ > 0) {
    --left_;
    if (mode_ == StartMode::kBefore) start_ = before_;
    if (mode_ != StartMode::kNone) start = start_;
  }
  before_ = t;
  return start;
}

}  // namespace tidemark::tsdb
