#include "tsdb/chunk/histogram_layout.h"

#include <algorithm>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

void AppendSpans(std::string& out, const std::vector<BucketSpan>& spans) {
  AppendVarint(out, spans.size());
  for (const BucketSpan& span : spans) {
    AppendZigzag(out, span.offset);
    AppendVarint(out, span.length);
  }
}

// Every span takes two bytes here, so that what the bytes say is bounded by how
// many they are; `most`: the buckets that may follow.
bool ReadSpans(std::string_view& in, size_t most, std::vector<BucketSpan>& spans,
               std::vector<double>& buckets) {
  uint64_t n;
  if (!ReadVarint(in, n) || n > in.size() / 2) return false;
  spans.resize(n);
  uint64_t total = 0;
  for (BucketSpan& span : spans) {
    int64_t offset;
    if (!ReadZigzag(in, offset) || offset != static_cast<int32_t>(offset)) return false;
    span.offset = static_cast<int32_t>(offset);
    if (!ReadVarint32(in, span.length)) return false;
    total += span.length;
  }
  if (total > most) return false;
  buckets.resize(total);
  return true;
}

bool ReadBounds(std::string_view& in, std::vector<double>& bounds) {
  uint64_t n;
  if (!ReadVarint(in, n) || n > in.size() / sizeof(double)) return false;
  bounds.resize(n);
  for (double& bound : bounds) {
    if (!ReadDouble(in, bound)) return false;
  }
  return true;
}

}  // namespace

bool SameLayout(const FloatHistogram& a, const FloatHistogram& b) {
  return a.schema == b.schema && SameBits(a.zero_threshold, b.zero_threshold) &&
         a.positive_spans == b.positive_spans && a.negative_spans == b.negative_spans &&
         std::equal(a.custom_values.begin(), a.custom_values.end(), b.custom_values.begin(),
                    b.custom_values.end(), SameBits);
}

bool IsBareMarker(const FloatHistogram& h) {
  if (!h.IsStale()) return false;
  FloatHistogram marker;
  marker.sum = kStaleNaN;
  return SameLayout(h, marker) && h.Equals(marker);
}

bool HasFractions(const FloatHistogram& h) {
  // Of a double from 0 to 2^52, adding 2^52 leaves the whole part: without a branch,
  // and without integers, for what nearly all histograms have.
  constexpr double kRound = 1LL << 52;
  uint64_t signs = 0;
  bool plain = true;
  ForEachCount(h, [&](double count) {
    signs |= std::bit_cast<uint64_t>(count);
    plain &= (count < kRound) & ((count + kRound) - kRound == count);
  });
  if (plain && static_cast<int64_t>(signs) >= 0) return false;
  bool fractions = false;
  ForEachCount(h, [&](double count) { fractions |= !IsWhole(count); });
  return fractions;
}

HistogramKind KindOf(const FloatHistogram& h) {
  if (IsBareMarker(h)) return HistogramKind::kStale;
  return HasFractions(h) ? HistogramKind::kFractions : HistogramKind::kWhole;
}

size_t BucketsIn(const std::vector<BucketSpan>& spans) {
  size_t buckets = 0;
  for (const BucketSpan& span : spans) buckets += span.length;
  return buckets;
}

void AppendLayout(std::string& out, const FloatHistogram& h) {
  AppendZigzag(out, h.schema);
  AppendDouble(out, h.zero_threshold);
  AppendSpans(out, h.positive_spans);
  AppendSpans(out, h.negative_spans);
  AppendVarint(out, h.custom_values.size());
  for (const double bound : h.custom_values) AppendDouble(out, bound);
}

bool ReadLayout(std::string_view& in, size_t most_buckets, FloatHistogram& h) {
  int64_t schema;
  if (!ReadZigzag(in, schema) || schema != static_cast<int32_t>(schema)) return false;
  h.schema = static_cast<int32_t>(schema);
  return ReadDouble(in, h.zero_threshold) &&
         ReadSpans(in, most_buckets, h.positive_spans, h.positive_buckets) &&
         ReadSpans(in, most_buckets, h.negative_spans, h.negative_buckets) &&
         ReadBounds(in, h.custom_values);
}

void HistogramState::Restart(bool with_fractions) {
  ForEachCount(last, [](double& count) { count = 0; });
  last.sum = 0;
  growth.assign(2 + last.positive_buckets.size() + last.negative_buckets.size(), 0);
  fractions = with_fractions;
}

void AppendXor(std::string& out, double before, double v) {
  const uint64_t change = std::bit_cast<uint64_t>(before) ^ std::bit_cast<uint64_t>(v);
  if (change == 0) {
    out.push_back(0);
    return;
  }
  const int leading = std::countl_zero(change) / 8;
  const int length = 8 - leading - std::countr_zero(change) / 8;
  out.push_back(static_cast<char>(leading << 4 | length));
  char bytes[8];
  StoreBigEndian<uint64_t>(bytes, change);
  out.append(bytes + leading, static_cast<size_t>(length));
}

bool ReadXor(std::string_view& in, double& v) {
  if (in.empty()) return false;
  const auto control = static_cast<unsigned char>(in[0]);
  const size_t leading = control >> 4;
  const size_t length = control & 0x0f;
  if (leading + length > 8 || in.size() < 1 + length) return false;
  char bytes[8] = {};
  in.copy(bytes + leading, length, 1);
  in.remove_prefix(1 + length);
  v = std::bit_cast<double>(std::bit_cast<uint64_t>(v) ^ LoadBigEndian<uint64_t>(bytes));
  return true;
}

}  // namespace tidemark::tsdb
