#include "tsdb/store/journal_floats.h"

#include <array>
#include <bit>
#include <cstddef>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/chunk/chunk.h"

namespace tidemark::tsdb {
namespace {

constexpr uint8_t kRun = 0x80;
constexpr uint8_t kSameStep = 0x40;
constexpr uint8_t kShapeMask = 0x3f;
// Fewer samples than this are smaller one by one: a run has a head of its own.
constexpr size_t kLeastRun = 6;

// Where the bytes of a 64-bit number are that are not zero: `leading` zero
// bytes, then `length` bytes.
struct Shape {
  uint8_t leading = 0;
  uint8_t length = 0;
};

// All of them by number: by length, then by leading zeros.
constexpr auto kShapes = [] {
  std::array<Shape, 37> shapes{};
  size_t i = 1;  // 0: no bytes at all
  for (uint8_t length = 1; length <= 8; ++length) {
    for (uint8_t leading = 0; leading + length <= 8; ++leading) shapes[i++] = {leading, length};
  }
  return shapes;
}();

constexpr auto kShapeNumber = [] {
  std::array<std::array<uint8_t, 9>, 8> numbers{};
  for (size_t i = 1; i < kShapes.size(); ++i) {
    numbers[kShapes[i].leading][kShapes[i].length] = static_cast<uint8_t>(i);
  }
  return numbers;
}();

uint8_t ShapeNumberOf(uint64_t bits) {
  if (bits == 0) return 0;
  const int leading = std::countl_zero(bits) / 8;
  const int trailing = std::countr_zero(bits) / 8;
  return kShapeNumber[static_cast<size_t>(leading)][static_cast<size_t>(8 - leading - trailing)];
}

void AppendShaped(std::string& out, uint64_t bits, const Shape& shape) {
  char bytes[8];
  StoreBigEndian<uint64_t>(bytes, bits);
  out.append(bytes + shape.leading, shape.length);
}

bool ReadShaped(std::string_view& in, const Shape& shape, uint64_t& bits) {
  if (in.size() < shape.length) return false;
  bits = 0;
  for (uint8_t i = 0; i < shape.length; ++i) bits = bits << 8 | static_cast<uint8_t>(in[i]);
  if (shape.length > 0) bits <<= 8 * (8 - shape.leading - shape.length);
  in.remove_prefix(shape.length);
  return true;
}

// Wraps around, as differences of any two 64-bit numbers must be able to.
uint64_t Difference(int64_t a, int64_t b) {
  return static_cast<uint64_t>(a) - static_cast<uint64_t>(b);
}
int64_t Sum(int64_t a, uint64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + b); }

}  // namespace

// ---------------------------------------------------------------- writing

void JournalFloatWriter::Finish(std::string& out) {
  Flush();
  AppendVarint(out, entries_);
  out += bytes_;
  Clear();
}

void JournalFloatWriter::Clear() {
  bytes_.clear();
  entries_ = 0;
  times_.clear();
  values_.clear();
  last_series_ = 0;
  last_t_ = 0;
  last_step_ = 0;
  last_bits_ = 0;
}

void JournalFloatWriter::Flush() {
  if (times_.size() >= kLeastRun) {
    AppendRun();
  } else {
    for (size_t i = 0; i < times_.size(); ++i) AppendOne(times_[i], values_[i]);
  }
  times_.clear();
  values_.clear();
}

void JournalFloatWriter::AppendSeries() {
  AppendZigzag(bytes_, static_cast<int64_t>(series_ - last_series_));
  last_series_ = series_;
  ++entries_;
}

void JournalFloatWriter::AppendOne(int64_t t, double v) {
  const uint64_t step = Difference(t, last_t_);
  const uint64_t bits = std::bit_cast<uint64_t>(v) ^ last_bits_;
  const uint8_t shape = ShapeNumberOf(bits);
  const bool same_step = step == last_step_;
  bytes_.push_back(static_cast<char>(shape | (same_step ? kSameStep : 0)));
  AppendSeries();
  if (!same_step) AppendZigzag(bytes_, static_cast<int64_t>(step));
  AppendShaped(bytes_, bits, kShapes[shape]);
  last_t_ = t;
  last_step_ = step;
  last_bits_ ^= bits;
}

void JournalFloatWriter::AppendRun() {
  chunk_.Clear();
  for (size_t i = 0; i < times_.size(); ++i) chunk_.Append(times_[i], values_[i]);
  const ChunkView run = chunk_.view();
  bytes_.push_back(static_cast<char>(kRun | static_cast<uint8_t>(run.codec)));
  AppendSeries();
  AppendVarint(bytes_, run.count);
  AppendLengthPrefixed(bytes_, run.bytes);
  last_t_ = times_.back();
  last_bits_ = std::bit_cast<uint64_t>(values_.back());
}

// ---------------------------------------------------------------- reading

namespace {

class FloatReader {
 public:
  explicit FloatReader(std::vector<JournalFloat>& out) : out_(out) {}

  bool Read(std::string_view& in) {
    if (in.empty()) return false;
    const auto tag = static_cast<uint8_t>(in[0]);
    in.remove_prefix(1);
    int64_t series_step;
    if (!ReadZigzag(in, series_step)) return false;
    series_ += static_cast<uint64_t>(series_step);
    return (tag & kRun) != 0 ? ReadRun(in, static_cast<Codec>(tag & ~kRun)) : ReadOne(in, tag);
  }

 private:
  bool ReadOne(std::string_view& in, uint8_t tag) {
    const uint8_t shape = tag & kShapeMask;
    if (shape >= kShapes.size()) return false;
    if ((tag & kSameStep) == 0) {
      int64_t step;
      if (!ReadZigzag(in, step)) return false;
      step_ = static_cast<uint64_t>(step);
    }
    uint64_t bits;
    if (!ReadShaped(in, kShapes[shape], bits)) return false;
    t_ = Sum(t_, step_);
    bits_ ^= bits;
    out_.push_back({series_, t_, std::bit_cast<double>(bits_)});
    return true;
  }

  bool ReadRun(std::string_view& in, Codec codec) {
    uint64_t count;
    std::string_view bytes;
    if (!IsFloatCodec(codec) || !ReadVarint(in, count) || !ReadLengthPrefixed(in, bytes) ||
        count == 0 || count > JournalFloatWriter::kMostInRun) {
      return false;
    }
    const auto decoder = NewChunkDecoder({codec, static_cast<uint32_t>(count), bytes});
    while (decoder->Next()) {
      const SampleRun& run = decoder->run();
      for (size_t i = 0; i < run.size(); ++i) out_.push_back({series_, run.t[i], run.v[i]});
    }
    if (!decoder->status().ok()) return false;
    t_ = out_.back().t;
    bits_ = std::bit_cast<uint64_t>(out_.back().v);
    return true;
  }

  std::vector<JournalFloat>& out_;
  SeriesId series_ = 0;
  int64_t t_ = 0;
  uint64_t step_ = 0;
  uint64_t bits_ = 0;
};

}  // namespace

bool ReadJournalFloats(std::string_view& in, std::vector<JournalFloat>& out) {
  uint64_t entries;
  // An entry is a tag and a series at least.
  if (!ReadVarint(in, entries) || entries > in.size() / 2) return false;
  out.reserve(entries);
  FloatReader reader(out);
  for (; entries > 0; --entries) {
    if (!reader.Read(in)) return false;
  }
  return true;
}

}  // namespace tidemark::tsdb
