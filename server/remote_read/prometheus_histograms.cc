#include "server/remote_read/prometheus_histograms.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "server/remote_read/prometheus_bits.h"

namespace tidemark::server {
namespace {

using tsdb::BitWriter;
using tsdb::BucketSpan;
using tsdb::FloatHistogram;

constexpr uint64_t kGaugeHeader = 0xc0;
constexpr uint64_t kUnknownHeader = 0x00;

constexpr double kMaxWhole = 1LL << 53;

bool IsWhole(double v) { return v >= 0 && v < kMaxWhole && std::floor(v) == v; }

// ---------------------------------------------------------------- buckets

std::vector<int64_t> Indices(const std::vector<BucketSpan>& spans) {
  std::vector<int64_t> out;
  int64_t next = 0;
  for (const BucketSpan& span : spans) {
    next += span.offset;
    for (uint32_t i = 0; i < span.length; ++i) out.push_back(next++);
  }
  return out;
}

std::vector<BucketSpan> SpansOf(const std::vector<int64_t>& indices) {
  std::vector<BucketSpan> spans;
  int64_t next = 0;
  for (const int64_t index : indices) {
    if (spans.empty() || index != next) spans.push_back({static_cast<int32_t>(index - next), 0});
    ++spans.back().length;
    next = index + 1;
  }
  return spans;
}

// The buckets of one sign over all samples of a chunk.
class Side {
 public:
  using Spans = std::vector<BucketSpan> FloatHistogram::*;
  using Counts = std::vector<double> FloatHistogram::*;

  Side(std::span<const FloatHistogram> histograms, Spans spans, Counts counts)
      : spans_(spans), counts_(counts) {
    const std::vector<BucketSpan>* last = nullptr;
    for (const FloatHistogram& h : histograms) {
      if (h.IsStale() || (last != nullptr && h.*spans_ == *last)) continue;
      last = &(h.*spans_);
      Add(Indices(*last));
    }
    row_.resize(indices_.size());
  }

  std::vector<BucketSpan> spans() const { return SpansOf(indices_); }

  // A count for each of indices_, 0 where `h` has no such bucket.  Valid until
  // the next call.
  const std::vector<double>& Row(const FloatHistogram& h) {
    std::fill(row_.begin(), row_.end(), 0);
    const std::vector<int64_t> own = Indices(h.*spans_);
    size_t at = 0;
    for (size_t i = 0; i < own.size(); ++i) {
      while (indices_[at] != own[i]) ++at;
      row_[at] = (h.*counts_)[i];
    }
    return row_;
  }

 private:
  void Add(const std::vector<int64_t>& more) {
    std::vector<int64_t> all;
    std::set_union(indices_.begin(), indices_.end(), more.begin(), more.end(),
                   std::back_inserter(all));
    indices_ = std::move(all);
  }

  const Spans spans_;
  const Counts counts_;
  std::vector<int64_t> indices_;
  std::vector<double> row_;
};

// ---------------------------------------------------------------- layout

// One byte for 0 and powers of two from 2^-243 to 2^10.
void WriteZeroThreshold(BitWriter& bits, double threshold) {
  int exponent = 0;
  if (threshold == 0) {
    bits.Write(0, 8);
  } else if (std::frexp(threshold, &exponent) == 0.5 && exponent >= -242 && exponent <= 11) {
    bits.Write(static_cast<uint64_t>(exponent + 243), 8);
  } else {
    bits.Write(255, 8);
    bits.Write(std::bit_cast<uint64_t>(threshold), 64);
  }
}

void WriteSpans(BitWriter& bits, const std::vector<BucketSpan>& spans) {
  WriteUnsigned(bits, spans.size(), kVarbitWidths);
  for (const BucketSpan& span : spans) {
    WriteUnsigned(bits, span.length, kVarbitWidths);
    WriteSigned(bits, span.offset, kVarbitWidths);
  }
}

// Thousandths up to 33554.430 in four bytes, anything else in full.
void WriteBound(BitWriter& bits, double bound) {
  const double thousandths = bound * 1000;
  const double rounded = std::round(thousandths);
  if (thousandths >= 0 && thousandths <= 33'554'430 && rounded / 1000 == bound) {
    return WriteUnsigned(bits, static_cast<uint64_t>(rounded) + 1, kVarbitWidths);
  }
  bits.Write(0, 1);
  bits.Write(std::bit_cast<uint64_t>(bound), 64);
}

void WriteLayout(BitWriter& bits, const FloatHistogram& first, const Side& positive,
                 const Side& negative) {
  WriteZeroThreshold(bits, first.zero_threshold);
  WriteSigned(bits, first.schema, kVarbitWidths);
  WriteSpans(bits, positive.spans());
  WriteSpans(bits, negative.spans());
  if (!first.UsesCustomBuckets()) return;
  WriteUnsigned(bits, first.custom_values.size(), kVarbitWidths);
  for (const double bound : first.custom_values) WriteBound(bits, bound);
}

// ---------------------------------------------------------------- columns

// Whole numbers, each as the difference of its difference to the one before.
class IntegerColumn {
 public:
  void WriteFirst(BitWriter& bits, uint64_t v, bool is_signed) {
    last_ = v;
    is_signed ? WriteSigned(bits, static_cast<int64_t>(v), kVarbitWidths)
              : WriteUnsigned(bits, v, kVarbitWidths);
  }
  void Write(BitWriter& bits, uint64_t v) {
    const uint64_t delta = v - last_;
    WriteSigned(bits, static_cast<int64_t>(delta - delta_), kVarbitWidths);
    last_ = v;
    delta_ = delta;
  }

 private:
  uint64_t last_ = 0;
  uint64_t delta_ = 0;
};

// The counts of integer histograms; buckets are differences to the bucket
// before, too.
class WholeCounts {
 public:
  explicit WholeCounts(size_t buckets) : buckets_(buckets) {}

  void WriteTotals(BitWriter& bits, const FloatHistogram& h, bool first) {
    for (const auto& [column, v] : {std::pair(&count_, h.count), {&zero_count_, h.zero_count}}) {
      const auto whole = static_cast<uint64_t>(v);
      first ? column->WriteFirst(bits, whole, false) : column->Write(bits, whole);
    }
  }
  void SkipTotals(BitWriter& bits) { bits.Write(0, 2); }

  void WriteBuckets(BitWriter& bits, const std::vector<double>& row, size_t from, bool first) {
    int64_t before = 0;
    for (size_t i = 0; i < row.size(); ++i) {
      const auto count = static_cast<int64_t>(row[i]);
      const auto delta = static_cast<uint64_t>(count - before);
      IntegerColumn& column = buckets_[from + i];
      first ? column.WriteFirst(bits, delta, true) : column.Write(bits, delta);
      before = count;
    }
  }

 private:
  IntegerColumn count_;
  IntegerColumn zero_count_;
  std::vector<IntegerColumn> buckets_;
};

class FloatCounts {
 public:
  explicit FloatCounts(size_t buckets) : buckets_(buckets) {}

  void WriteTotals(BitWriter& bits, const FloatHistogram& h, bool first) {
    Put(bits, count_, h.count, first);
    Put(bits, zero_count_, h.zero_count, first);
  }
  void SkipTotals(BitWriter& bits) {
    count_.Write(bits, 0);
    zero_count_.Write(bits, 0);
  }

  void WriteBuckets(BitWriter& bits, const std::vector<double>& row, size_t from, bool first) {
    for (size_t i = 0; i < row.size(); ++i) Put(bits, buckets_[from + i], row[i], first);
  }

 private:
  static void Put(BitWriter& bits, XorColumn& column, double v, bool first) {
    first ? column.WriteFirst(bits, v) : column.Write(bits, v);
  }

  XorColumn count_;
  XorColumn zero_count_;
  std::vector<XorColumn> buckets_;
};

size_t Buckets(const std::vector<BucketSpan>& spans) {
  size_t n = 0;
  for (const BucketSpan& span : spans) n += span.length;
  return n;
}

template <typename Counts>
void WriteRows(BitWriter& bits, std::span<const int64_t> times,
               std::span<const FloatHistogram> histograms, Side& positive, Side& negative) {
  const size_t positives = Buckets(positive.spans());
  IntegerColumn time;
  XorColumn sum;
  Counts counts(positives + Buckets(negative.spans()));
  for (size_t i = 0; i < times.size(); ++i) {
    const FloatHistogram& h = histograms[i];
    const bool first = i == 0;
    const auto t = static_cast<uint64_t>(times[i]);
    first ? time.WriteFirst(bits, t, true) : time.Write(bits, t);
    if (h.IsStale() && !first) {
      counts.SkipTotals(bits);
    } else {
      counts.WriteTotals(bits, h.IsStale() ? FloatHistogram() : h, first);
    }
    first ? sum.WriteFirst(bits, h.sum) : sum.Write(bits, h.sum);
    if (h.IsStale()) continue;
    counts.WriteBuckets(bits, positive.Row(h), 0, first);
    counts.WriteBuckets(bits, negative.Row(h), positives, first);
  }
}

}  // namespace

bool HasWholeCounts(const FloatHistogram& h) {
  if (h.IsStale()) return true;
  if (!IsWhole(h.count) || !IsWhole(h.zero_count)) return false;
  double total = h.zero_count;
  for (const std::vector<double>* counts : {&h.positive_buckets, &h.negative_buckets}) {
    for (const double v : *counts) {
      if (!IsWhole(v)) return false;
      total += v;
    }
  }
  return std::isnan(h.sum) ? total <= h.count : total == h.count;
}

std::string EncodeHistograms(std::span<const int64_t> times,
                             std::span<const FloatHistogram> histograms, bool whole) {
  const FloatHistogram& first = histograms.front();
  const bool gauges = first.counter_reset_hint == tsdb::CounterResetHint::kGauge;
  Side positive(histograms, &FloatHistogram::positive_spans, &FloatHistogram::positive_buckets);
  Side negative(histograms, &FloatHistogram::negative_spans, &FloatHistogram::negative_buckets);
  BitWriter bits;
  bits.Write(times.size(), 16);
  bits.Write(gauges ? kGaugeHeader : kUnknownHeader, 8);
  WriteLayout(bits, first.IsStale() ? FloatHistogram() : first, positive, negative);
  whole ? WriteRows<WholeCounts>(bits, times, histograms, positive, negative)
        : WriteRows<FloatCounts>(bits, times, histograms, positive, negative);
  return bits.Take();
}

}  // namespace tidemark::server
