#include "proto/histogram_wire.h"

namespace tidemark::proto {
namespace {

constexpr WireType kVarint = WireType::kVarint;
constexpr WireType kFixed64 = WireType::kFixed64;
constexpr WireType kBytes = WireType::kBytes;

bool ReadNumber(WireReader& in, int64_t* out) { return in.ReadZigzag64(out); }
bool ReadNumber(WireReader& in, double* out) { return in.ReadDouble(out); }

}  // namespace

bool HistogramWire::Read(std::string_view message) {
  if (pool_.size() == kMaxHistograms) return TooManyInSeries(*error_, "histograms", kMaxHistograms);
  HistogramView& h = pool_.Add();
  WireReader in(message, origin_, error_);
  bool ok = true;
  while (ok && in.Next()) ok = ReadField(in, h);
  return error_->ok() || error_->Within("histogram", pool_.size() - 1);
}

// The fields that hold one number; the others are buckets.
bool HistogramWire::ReadField(WireReader& in, HistogramView& h) {
  switch (in.tag()) {
    case Tag(1, kVarint):
      h.is_float = false;
      return in.ReadVarint(&h.count_int);
    case Tag(2, kFixed64):
      h.is_float = true;
      return in.ReadDouble(&h.count_float);
    case Tag(3, kFixed64):
      return in.ReadDouble(&h.sum);
    case Tag(4, kVarint):
      return in.ReadZigzag32(&h.schema);
    case Tag(5, kFixed64):
      return in.ReadDouble(&h.zero_threshold);
    case Tag(6, kVarint):
      h.is_float_zero = false;
      return in.ReadVarint(&h.zero_count_int);
    case Tag(7, kFixed64):
      h.is_float_zero = true;
      return in.ReadDouble(&h.zero_count_float);
    case Tag(14, kVarint):
      return in.ReadInt32(&h.reset_hint);
    case Tag(15, kVarint):
      return in.ReadInt64(&h.t);
    case Tag(17, kVarint):
      return in.ReadInt64(&h.start);
    default:
      return ReadBuckets(in, h);
  }
}

bool HistogramWire::ReadBuckets(WireReader& in, HistogramView& h) {
  switch (in.tag()) {
    case Tag(8, kBytes):
      return AddSpan(in, h.negative_spans);
    case Tag(9, kBytes):
      return AddPacked(in, h.negative_deltas);
    case Tag(9, kVarint):
      return AddNumber(in, h.negative_deltas);
    case Tag(10, kBytes):
      return AddPacked(in, h.negative_counts);
    case Tag(10, kFixed64):
      return AddNumber(in, h.negative_counts);
    case Tag(11, kBytes):
      return AddSpan(in, h.positive_spans);
    case Tag(12, kBytes):
      return AddPacked(in, h.positive_deltas);
    case Tag(12, kVarint):
      return AddNumber(in, h.positive_deltas);
    case Tag(13, kBytes):
      return AddPacked(in, h.positive_counts);
    case Tag(13, kFixed64):
      return AddNumber(in, h.positive_counts);
    case Tag(16, kBytes):
      return AddPacked(in, h.custom_values);
    case Tag(16, kFixed64):
      return AddNumber(in, h.custom_values);
    default:
      return SkipUnknown(in, 17);
  }
}

bool HistogramWire::CountBucket() {
  if (buckets_read_++ < kMaxBuckets) return true;
  return TooManyInSeries(*error_, "buckets and spans", kMaxBuckets);
}

bool HistogramWire::AddSpan(WireReader& in, std::vector<SpanView>& spans) {
  if (!CountBucket()) return false;
  std::string_view message;
  if (!in.ReadBytes(&message) || !ReadSpan(message, &spans.emplace_back())) {
    return error_->Within("span", spans.empty() ? 0 : spans.size() - 1);
  }
  return true;
}

bool HistogramWire::ReadSpan(std::string_view message, SpanView* span) {
  WireReader in(message, origin_, error_);
  while (in.Next()) {
    bool ok = false;
    switch (in.tag()) {
      case Tag(1, kVarint):
        ok = in.ReadZigzag32(&span->offset);
        break;
      case Tag(2, kVarint):
        ok = in.ReadUint32(&span->length);
        break;
      default:
        ok = SkipUnknown(in, 2);
    }
    if (!ok) return false;
  }
  return error_->ok();
}

template <typename T>
bool HistogramWire::AddNumber(WireReader& in, std::vector<T>& numbers) {
  if (!CountBucket()) return false;
  T number{};
  if (!ReadNumber(in, &number)) return false;
  numbers.push_back(number);
  return true;
}

template <typename T>
bool HistogramWire::AddPacked(WireReader& in, std::vector<T>& numbers) {
  std::string_view message;
  if (!in.ReadBytes(&message)) return false;
  WireReader piece(message, origin_, error_);
  while (!piece.done()) {
    if (!AddNumber(piece, numbers)) return false;
  }
  return true;
}

}  // namespace tidemark::proto
