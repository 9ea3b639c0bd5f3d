#include "bench/side_by_side/instrument.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <protozero/pbf_writer.hpp>

namespace tidemark::bench {
namespace {

// Field numbers of proto/remote.proto.
enum TimeSeriesField { kSamples = 2, kHistograms = 4 };
enum SampleField { kValue = 1, kSampleTime = 2 };
enum HistogramField {
  kCountInt = 1,
  kSum = 3,
  kSchema = 4,
  kZeroThreshold = 5,
  kZeroCountInt = 6,
  kPositiveSpans = 11,
  kPositiveDeltas = 12,
  kHistogramTime = 15,
};
enum SpanField { kOffset = 1, kLength = 2 };

constexpr std::array<double, 11> kClassicBounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                   0.5,   1,    2.5,   5,    10};
constexpr std::array<std::string_view, 12> kClassicNames = {
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"};
constexpr int kNativeSchema = 3;
constexpr double kRetriedMedian = 1.2;
constexpr double kRetriedSigma = 0.15;

uint64_t Events(double mean, Rng& rng) {
  if (mean < 1e-9) return 0;
  return std::poisson_distribution<uint64_t>(mean)(rng);
}

double Normal(Rng& rng) { return std::normal_distribution<double>()(rng); }

double LogNormalCdf(double x, double median, double sigma) {
  return 0.5 * std::erfc(-std::log(x / median) / sigma / std::sqrt(2.0));
}

// The share of requests that take at most `seconds`.
double ShareUpTo(double seconds, const Latency& latency) {
  return (1 - latency.retried) * LogNormalCdf(seconds, latency.median_seconds, latency.sigma) +
         latency.retried * LogNormalCdf(seconds, kRetriedMedian, kRetriedSigma);
}

void AppendSample(double value, int64_t t_ms, std::string& payload) {
  protozero::pbf_writer series(payload);
  protozero::pbf_writer sample(series, kSamples);
  if (std::bit_cast<uint64_t>(value) != 0) sample.add_double(kValue, value);
  sample.add_int64(kSampleTime, t_ms);
}

// Counts per bucket and the sum of what was counted: what both kinds of
// histogram keep.
class Buckets {
 public:
  // The bucket i holds what is above bounds[i - 1] (0 for the first) and up to
  // bounds[i]; one more holds the rest, if `overflow`.
  Buckets(const std::vector<double>& bounds, bool overflow, const Latency& latency) {
    double below = 0, lower = 0;
    for (const double upper : bounds) {
      const double up_to = ShareUpTo(upper, latency);
      Add(up_to - below, (lower + upper) / 2);
      below = up_to;
      lower = upper;
    }
    if (overflow) Add(1 - below, lower * 1.2);
  }

  void Observe(double requests, Rng& rng) {
    for (size_t i = 0; i < counts_.size(); ++i) {
      const uint64_t n = Events(requests * shares_[i], rng);
      if (n == 0) continue;
      counts_[i] += n;
      total_ += n;
      sum_ += middles_[i] * static_cast<double>(n) * (1 + 0.05 * Normal(rng));
    }
  }

  void Reset() {
    std::fill(counts_.begin(), counts_.end(), 0);
    total_ = 0;
    sum_ = 0;
  }

  const std::vector<uint64_t>& counts() const { return counts_; }
  uint64_t total() const { return total_; }
  double sum() const { return sum_; }

 private:
  void Add(double share, double middle) {
    shares_.push_back(share < 1e-5 ? 0 : share);
    middles_.push_back(middle);
    counts_.push_back(0);
  }

  std::vector<double> shares_, middles_;
  std::vector<uint64_t> counts_;
  uint64_t total_ = 0;
  double sum_ = 0;
};

class Counter : public Instrument {
 public:
  Counter(double per_second, double age_seconds)
      : per_second_(per_second), total_(std::floor(per_second * age_seconds)) {}

  void Advance(double seconds, double load, Rng& rng) override {
    total_ += static_cast<double>(Events(per_second_ * seconds * load, rng));
  }
  void Reset() override { total_ = 0; }
  Reading Read(size_t) const override { return {total_}; }

 private:
  double per_second_;
  double total_;
};

class Gauge : public Instrument {
 public:
  Gauge(GaugeKind kind, Rng& rng)
      : kind_(kind), base_(20 * std::exp(1.5 * Normal(rng))), level_(base_) {}

  // A walk that is drawn back to its base.
  void Advance(double, double load, Rng& rng) override {
    const double step = kind_ == GaugeKind::kWhole ? 0.5 * std::sqrt(base_ + 1) : 0.05 * base_;
    level_ = std::max(0.0, level_ + 0.1 * (base_ * load - level_) + step * Normal(rng));
    flag_ = std::bernoulli_distribution(0.003)(rng);
  }

  Reading Read(size_t) const override {
    switch (kind_) {
      case GaugeKind::kWhole:
        return {std::floor(level_)};
      case GaugeKind::kBytes:
        return {std::floor(level_ * 2500) * 4096};
      case GaugeKind::kMicros:
        return {std::round(level_ * 1e3) / 1e6};
      case GaugeKind::kFraction:
        return {level_ / (level_ + base_)};
      case GaugeKind::kCents:
        return {std::round(level_ * 100) / 100};
      case GaugeKind::kFlag:
        return {flag_ ? 1.0 : 0.0};
      case GaugeKind::kConstant:
        break;
    }
    return {1};
  }

 private:
  GaugeKind kind_;
  double base_;
  double level_;
  bool flag_ = false;
};

class ClassicHistogram : public Instrument {
 public:
  ClassicHistogram(double per_second, const Latency& latency, double age_seconds, Rng& rng)
      : per_second_(per_second),
        buckets_({kClassicBounds.begin(), kClassicBounds.end()}, true, latency) {
    buckets_.Observe(per_second * age_seconds, rng);
  }

  std::vector<Part> Parts() const override {
    std::vector<Part> parts;
    for (const std::string_view le : kClassicNames) parts.push_back({"_bucket", le});
    parts.push_back({"_sum", ""});
    parts.push_back({"_count", ""});
    return parts;
  }

  void Advance(double seconds, double load, Rng& rng) override {
    buckets_.Observe(per_second_ * seconds * load, rng);
  }
  void Reset() override { buckets_.Reset(); }

  Reading Read(size_t part) const override {
    const std::vector<uint64_t>& counts = buckets_.counts();
    if (part == counts.size()) return {buckets_.sum()};
    if (part > counts.size()) return {static_cast<double>(buckets_.total())};
    uint64_t up_to = 0;
    for (size_t i = 0; i <= part; ++i) up_to += counts[i];
    return {static_cast<double>(up_to)};
  }

 private:
  double per_second_;
  Buckets buckets_;
};

class NativeHistogram : public Instrument {
 public:
  NativeHistogram(double per_second, const Latency& latency, double age_seconds, Rng& rng)
      : per_second_(per_second),
        first_(Index(latency.median_seconds / std::exp(3 * latency.sigma))),
        buckets_(Bounds(first_, Index(kRetriedMedian * std::exp(3 * kRetriedSigma))), false,
                 latency) {
    buckets_.Observe(per_second * age_seconds, rng);
  }

  void Advance(double seconds, double load, Rng& rng) override {
    buckets_.Observe(per_second_ * seconds * load, rng);
  }
  void Reset() override { buckets_.Reset(); }

  Reading Read(size_t) const override {
    const std::vector<uint64_t>& counts = buckets_.counts();
    const auto empty = std::count(counts.begin(), counts.end(), 0u);
    return {buckets_.sum(), buckets_.total(), counts.size() - static_cast<size_t>(empty)};
  }

  void Append(int64_t t_ms, std::span<std::string> payloads) const override {
    protozero::pbf_writer series(payloads[0]);
    protozero::pbf_writer histogram(series, kHistograms);
    histogram.add_uint64(kCountInt, buckets_.total());
    if (buckets_.sum() != 0) histogram.add_double(kSum, buckets_.sum());
    histogram.add_sint32(kSchema, kNativeSchema);
    histogram.add_double(kZeroThreshold, 0x1p-128);  // as Go's client library
    histogram.add_uint64(kZeroCountInt, 0);
    AppendBuckets(histogram);
    histogram.add_int64(kHistogramTime, t_ms);
  }

 private:
  static constexpr int kPerDoubling = 1 << kNativeSchema;

  static int Index(double seconds) {
    return static_cast<int>(std::ceil(std::log2(seconds) * kPerDoubling));
  }
  static std::vector<double> Bounds(int first, int last) {
    std::vector<double> bounds;
    for (int i = first; i <= last; ++i) bounds.push_back(std::exp2(i / double{kPerDoubling}));
    return bounds;
  }

  // Gaps of one or two empty buckets are filled, a longer one begins a span.
  void AppendBuckets(protozero::pbf_writer& histogram) const {
    struct Span {
      int offset;
      uint32_t length;
    };
    std::vector<Span> spans;
    std::vector<int64_t> deltas;
    int next = 0;  // the index after the last span
    int64_t before = 0;
    const auto add = [&](int64_t count) {
      ++spans.back().length;
      ++next;
      deltas.push_back(count - before);
      before = count;
    };
    for (size_t i = 0; i < buckets_.counts().size(); ++i) {
      const auto count = static_cast<int64_t>(buckets_.counts()[i]);
      if (count == 0) continue;
      const int index = first_ + static_cast<int>(i);
      if (spans.empty() || index - next > 2) {
        spans.push_back({index - next, 0});
        next = index;
      }
      while (next < index) add(0);
      add(count);
    }
    for (const Span& span : spans) {
      protozero::pbf_writer message(histogram, kPositiveSpans);
      message.add_sint32(kOffset, span.offset);
      message.add_uint32(kLength, span.length);
    }
    histogram.add_packed_sint64(kPositiveDeltas, deltas.begin(), deltas.end());
  }

  double per_second_;
  int first_;
  Buckets buckets_;
};

}  // namespace

void Instrument::Append(int64_t t_ms, std::span<std::string> payloads) const {
  for (size_t i = 0; i < payloads.size(); ++i) AppendSample(Read(i).value, t_ms, payloads[i]);
}

std::unique_ptr<Instrument> MakeCounter(double per_second, double age_seconds) {
  return std::make_unique<Counter>(per_second, age_seconds);
}

std::unique_ptr<Instrument> MakeGauge(GaugeKind kind, Rng& rng) {
  return std::make_unique<Gauge>(kind, rng);
}

std::unique_ptr<Instrument> MakeClassicHistogram(double per_second, const Latency& latency,
                                                 double age_seconds, Rng& rng) {
  return std::make_unique<ClassicHistogram>(per_second, latency, age_seconds, rng);
}

std::unique_ptr<Instrument> MakeNativeHistogram(double per_second, const Latency& latency,
                                                double age_seconds, Rng& rng) {
  return std::make_unique<NativeHistogram>(per_second, latency, age_seconds, rng);
}

void AppendStale(bool histogram, int64_t t_ms, std::string& payload) {
  const double stale = std::bit_cast<double>(uint64_t{0x7ff0000000000002});
  if (!histogram) return AppendSample(stale, t_ms, payload);
  protozero::pbf_writer series(payload);
  protozero::pbf_writer message(series, kHistograms);
  message.add_uint64(kCountInt, 0);
  message.add_double(kSum, stale);
  message.add_uint64(kZeroCountInt, 0);
  message.add_int64(kHistogramTime, t_ms);
}

}  // namespace tidemark::bench
