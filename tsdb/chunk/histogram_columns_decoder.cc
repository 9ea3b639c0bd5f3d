#include "tsdb/chunk/histogram_columns_decoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/chunk/histogram_layout.h"
#include "tsdb/chunk/row_column.h"
#include "tsdb/chunk/scaled_group.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

// So many are handed out at once: a histogram is a hundred times as large as a
// float.
constexpr size_t kBatch = 32;
static_assert(kBatch <= kDecodeBatch);

// A column takes so many bits at least, which bounds what a layout can ask for.
constexpr size_t kLeastColumnBits = 6;

}  // namespace

HistogramColumnsDecoder::HistogramColumnsDecoder(const ChunkView& chunk)
    : chunk_(chunk), rest_(chunk.bytes), left_(chunk.count) {
  if (!ReadVarint(rest_, interval_)) Fail();
}

bool HistogramColumnsDecoder::ReadHead(std::string_view& in, uint64_t expected, uint32_t left,
                                       Head& head) const {
  int64_t late;
  uint8_t samples;
  if (!ReadZigzag(in, late) || !ReadBigEndian(in, samples) || !ReadLengthPrefixed(in, head.bytes)) {
    return false;
  }
  head.first = static_cast<int64_t>(expected + static_cast<uint64_t>(late));
  head.has_layout = (samples & kGroupHasLayout) != 0;
  head.samples = size_t{samples & ~uint32_t{kGroupHasLayout}} + 1;
  return head.samples <= left;
}

uint64_t HistogramColumnsDecoder::ExpectedAfter(const Head& head) const {
  return static_cast<uint64_t>(head.first) + head.samples * interval_;
}

bool HistogramColumnsDecoder::EnterLayout(const Head& head, std::string_view& in) {
  if (!head.has_layout) return true;
  layouts_ += 1;
  const size_t most = head.bytes.size() * 8 / kLeastColumnBits;
  if (!ReadLayout(in, most, layout_)) return false;
  columns_ = 1 + layout_.positive_buckets.size() + layout_.negative_buckets.size();
  if (columns_ > most) return false;
  firsts_.assign(columns_, 0);
  return true;
}

bool HistogramColumnsDecoder::Enter(const Head& head, std::string_view rest, BitReader& bits) {
  std::string_view in = head.bytes;
  if (!EnterLayout(head, in)) return false;
  bits = BitReader(in);
  uint64_t kind;
  if (!bits.Read(kGroupKindBits, kind) || kind > static_cast<uint64_t>(HistogramKind::kStale)) {
    return false;
  }
  kind_ = static_cast<HistogramKind>(kind);
  if (kind_ != HistogramKind::kStale && layouts_ == 0) return false;
  if (kind_ == HistogramKind::kWhole) {
    for (uint64_t& first : firsts_) {
      uint64_t growth;
      if (!ReadNumber(bits, growth)) return false;
      first += growth;
    }
  }
  rest_ = rest;
  left_ -= static_cast<uint32_t>(head.samples);
  expected_ = ExpectedAfter(head);
  samples_ = head.samples;
  next_ = samples_;
  times_[0] = head.first;
  return true;
}

bool HistogramColumnsDecoder::Next() {
  run_ = {};
  if (!status_.ok()) return false;
  if (next_ == samples_) {
    if (left_ == 0) return false;
    if (!ReadGroup()) {
      Fail();
      return false;
    }
  }
  const size_t n = std::min(samples_ - next_, kBatch);
  if (slots_.size() < n) {
    slots_.resize(n);
    slot_layouts_.resize(n, 0);
  }
  for (size_t i = 0; i < n; ++i) {
    if (kind_ != HistogramKind::kStale) FillLayout(i);
    Fill(next_ + i, slots_[i]);
    if (kind_ == HistogramKind::kStale) slot_layouts_[i] = 0;
  }
  run_.t = {times_.data() + next_, n};
  run_.h = {slots_.data(), n};
  next_ += n;
  return true;
}

void HistogramColumnsDecoder::Skip(int64_t t) {
  run_ = {};
  if (!status_.ok()) return;
  if (next_ < samples_ && times_[samples_ - 1] >= t) return;
  next_ = samples_;
  while (left_ > 0) {
    // A group may be left out if the one behind it does not begin after `t`.  What
    // is damaged is for Next to report.
    Head head, after;
    std::string_view rest = rest_;
    if (!ReadHead(rest, expected_, left_, head)) return;
    const auto left = left_ - static_cast<uint32_t>(head.samples);
    std::string_view behind = rest;
    if (left == 0 || !ReadHead(behind, ExpectedAfter(head), left, after)) return;
    if (after.first <= head.first || after.first > t) return;
    if (any_ && head.first <= last_) return;
    BitReader bits("");
    if (!Enter(head, rest, bits)) return Fail();
    last_ = head.first;
    any_ = true;
  }
}

bool HistogramColumnsDecoder::ReadGroup() {
  Head head;
  std::string_view rest = rest_;
  if (!ReadHead(rest, expected_, left_, head)) return false;
  if (any_ && head.first <= last_) return false;
  BitReader bits("");
  if (!Enter(head, rest, bits)) return false;
  if (!ReadTimes(bits, interval_, {times_.data(), samples_}) || !ReadHints(bits)) return false;
  if (kind_ != HistogramKind::kStale && !ReadCounts(bits)) return false;
  any_ = true;
  last_ = times_[samples_ - 1];
  next_ = 0;
  return true;
}

bool HistogramColumnsDecoder::ReadHints(BitReader& bits) {
  uint64_t differ, hint = 0;
  if (!bits.Read(1, differ)) return false;
  for (size_t i = 0; i < samples_; ++i) {
    if ((i == 0 || differ != 0) && !bits.Read(kHintBits, hint)) return false;
    hints_[i] = static_cast<CounterResetHint>(hint);
  }
  return true;
}

bool HistogramColumnsDecoder::ReadCounts(BitReader& bits) {
  if (!ReadDoubles(bits, {sums_.data(), samples_})) return false;
  if (table_.size() < samples_ * columns_) table_.resize(samples_ * columns_);
  return kind_ == HistogramKind::kWhole ? ReadWhole(bits) : ReadFractions(bits);
}

bool HistogramColumnsDecoder::ReadWhole(BitReader& bits) {
  std::array<uint64_t, kHistogramGroupSamples> numbers;
  uint64_t has_counts;
  if (!bits.Read(1, has_counts)) return false;
  if (has_counts != 0) {
    if (!ReadColumn(bits, {numbers.data(), samples_})) return false;
    for (size_t i = 0; i < samples_; ++i) {
      counts_[i] = static_cast<double>(static_cast<int64_t>(numbers[i]));
    }
  }
  const size_t n = samples_ - 1;
  for (size_t column = 0; column < columns_; ++column) {
    uint64_t number = firsts_[column];
    uint64_t grows = 0;
    double* out = table_.data() + column;
    *out = static_cast<double>(static_cast<int64_t>(number));
    if (n > 0 && (!bits.Read(1, grows) || !ReadRow(bits, {numbers.data(), n}))) return false;
    for (size_t i = 0; i < n; ++i) {
      out += columns_;
      const uint64_t v = number + numbers[i];
      if (grows != 0) number = v;
      *out = static_cast<double>(static_cast<int64_t>(v));
    }
  }
  if (has_counts == 0) AddUpCounts();
  return true;
}

// In the order in which the writer added them.
void HistogramColumnsDecoder::AddUpCounts() {
  for (size_t i = 0; i < samples_; ++i) {
    double sum = 0;
    for (const double count : Line(i)) sum += count;
    counts_[i] = sum;
  }
}

bool HistogramColumnsDecoder::ReadFractions(BitReader& bits) {
  if (!ReadDoubles(bits, {counts_.data(), samples_})) return false;
  std::array<double, kHistogramGroupSamples> values;
  for (size_t column = 0; column < columns_; ++column) {
    if (!ReadDoubles(bits, {values.data(), samples_})) return false;
    for (size_t i = 0; i < samples_; ++i) Line(i)[column] = values[i];
  }
  return true;
}

void HistogramColumnsDecoder::FillLayout(size_t slot) {
  if (slot_layouts_[slot] == layouts_) return;
  slots_[slot] = layout_;
  slot_layouts_[slot] = layouts_;
}

void HistogramColumnsDecoder::Fill(size_t sample, FloatHistogram& h) {
  if (kind_ == HistogramKind::kStale) {
    h = FloatHistogram();
    h.sum = kStaleNaN;
    h.counter_reset_hint = hints_[sample];
    return;
  }
  h.counter_reset_hint = hints_[sample];
  h.sum = sums_[sample];
  h.count = counts_[sample];
  const double* line = Line(sample).data();
  h.zero_count = *line++;
  std::copy_n(line, h.positive_buckets.size(), h.positive_buckets.begin());
  line += h.positive_buckets.size();
  std::copy_n(line, h.negative_buckets.size(), h.negative_buckets.begin());
}

void HistogramColumnsDecoder::Fail() {
  next_ = samples_ = 0;
  status_ = DataLoss(fmt::format(
      "histogram columns: the group at byte {} cannot be read, {} samples of {} are left",
      chunk_.bytes.size() - rest_.size(), left_, chunk_.count));
}

}  // namespace tidemark::tsdb
