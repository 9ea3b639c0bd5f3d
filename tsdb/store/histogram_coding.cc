#include "tsdb/store/histogram_coding.h"

#include <cmath>
#include <cstdint>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"

namespace tidemark::tsdb {
namespace {

constexpr double kMaxWhole = 1LL << 53;
constexpr uint64_t kNotWhole = 1;

// Bucket counts are nearly always small whole numbers: twice the number as a
// varint; anything else (-0 and NaN too) as a 1 and the eight bytes.
bool IsCount(double v) {
  return v >= 0 && v <= kMaxWhole && !std::signbit(v) &&
         v == static_cast<double>(static_cast<int64_t>(v));
}

void AppendCount(std::string& out, double v) {
  if (IsCount(v)) {
    AppendVarint(out, static_cast<uint64_t>(v) << 1);
    return;
  }
  AppendVarint(out, kNotWhole);
  AppendDouble(out, v);
}

bool ReadCount(std::string_view& in, double& v) {
  uint64_t n;
  if (!ReadVarint(in, n)) return false;
  if (n == kNotWhole) return ReadDouble(in, v);
  v = static_cast<double>(n >> 1);
  return (n & 1) == 0;
}

void AppendSide(std::string& out, const std::vector<BucketSpan>& spans,
                const std::vector<double>& buckets) {
  AppendVarint(out, spans.size());
  for (const BucketSpan& span : spans) {
    AppendZigzag(out, span.offset);
    AppendVarint(out, span.length);
  }
  AppendVarint(out, buckets.size());
  VarintAppender counts(out);
  for (const double bucket : buckets) {
    if (IsCount(bucket)) {
      counts.Add(static_cast<uint64_t>(bucket) << 1);
    } else {
      counts.Flush();
      AppendCount(out, bucket);
    }
  }
}

// A size from the bytes, refused when the bytes that follow cannot hold it.
bool ReadSize(std::string_view& in, size_t bytes_each, size_t& n) {
  uint64_t read;
  if (!ReadVarint(in, read) || read > in.size() / bytes_each) return false;
  n = static_cast<size_t>(read);
  return true;
}

bool ReadSpan(std::string_view& in, BucketSpan& span) {
  int64_t offset;
  if (!ReadZigzag(in, offset) || !ReadVarint32(in, span.length)) return false;
  span.offset = static_cast<int32_t>(offset);
  return span.offset == offset;
}

bool ReadSide(std::string_view& in, std::vector<BucketSpan>& spans, std::vector<double>& buckets) {
  size_t n;
  if (!ReadSize(in, 2, n)) return false;
  spans.resize(n);
  for (BucketSpan& span : spans) {
    if (!ReadSpan(in, span)) return false;
  }
  if (!ReadSize(in, 1, n)) return false;
  buckets.resize(n);
  for (double& bucket : buckets) {
    if (!ReadCount(in, bucket)) return false;
  }
  return true;
}

bool ReadBounds(std::string_view& in, std::vector<double>& bounds) {
  size_t n;
  if (!ReadSize(in, 8, n)) return false;
  bounds.resize(n);
  for (double& bound : bounds) {
    if (!ReadDouble(in, bound)) return false;
  }
  return true;
}

}  // namespace

void AppendHistogram(std::string& out, const FloatHistogram& h) {
  out.push_back(static_cast<char>(h.counter_reset_hint));
  AppendZigzag(out, h.schema);
  AppendDouble(out, h.zero_threshold);
  AppendCount(out, h.zero_count);
  AppendCount(out, h.count);
  AppendDouble(out, h.sum);
  AppendSide(out, h.positive_spans, h.positive_buckets);
  AppendSide(out, h.negative_spans, h.negative_buckets);
  AppendVarint(out, h.custom_values.size());
  for (const double bound : h.custom_values) AppendDouble(out, bound);
}

bool ReadHistogram(std::string_view& in, FloatHistogram& h) {
  if (in.empty() || static_cast<unsigned char>(in[0]) > 3) return false;
  h.counter_reset_hint = static_cast<CounterResetHint>(in[0]);
  in.remove_prefix(1);
  int64_t schema;
  if (!ReadZigzag(in, schema) || schema < INT32_MIN || schema > INT32_MAX) return false;
  h.schema = static_cast<int32_t>(schema);
  return ReadDouble(in, h.zero_threshold) && ReadCount(in, h.zero_count) &&
         ReadCount(in, h.count) && ReadDouble(in, h.sum) &&
         ReadSide(in, h.positive_spans, h.positive_buckets) &&
         ReadSide(in, h.negative_spans, h.negative_buckets) && ReadBounds(in, h.custom_values);
}

}  // namespace tidemark::tsdb
