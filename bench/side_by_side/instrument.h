// Instrument: one thing that an instance of the invented payments gateway
// measures, and the series that it shows of it: a counter or a gauge one, a
// classic histogram one a bucket and two more, a native histogram one.
//
// What matters to a storage is here on purpose: counters that stand still and
// others that run, gauges from small whole numbers to all 52 bits of a fraction,
// sums that look random.
//
// Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::bench {

using Rng = std::mt19937_64;

// How requests of one kind take: log-normal around a median, and a share of
// them, those that had to try again, about a second longer.
struct Latency {
  double median_seconds = 0.05;
  double sigma = 0.5;  // of the logarithm
  double retried = 0.001;
};

enum class GaugeKind {
  kWhole,     // a queue's length
  kBytes,     // whole pages
  kMicros,    // seconds to six decimals
  kFraction,  // 0..1, all bits in use
  kCents,     // two decimals
  kFlag,      // 0, seldom 1
  kConstant,
};

// What a series reads after a scrape; a float has only `value`.
struct Reading {
  double value = 0;  // of a native histogram its sum
  uint64_t count = 0;
  size_t buckets = 0;  // that are not empty; 0: a float
};

class Instrument {
 public:
  virtual ~Instrument() = default;

  // The `le` of each series, "" where it has none, and what follows the metric's name.
  struct Part {
    std::string_view suffix;
    std::string_view le;
  };
  virtual std::vector<Part> Parts() const { return {Part{}}; }

  // Lets `seconds` pass; `load` is how busy the hour is, about 1.
  virtual void Advance(double seconds, double load, Rng& rng) = 0;
  // The process restarts: counting begins at zero.
  virtual void Reset() {}
  virtual Reading Read(size_t part) const = 0;
  // Adds a Sample or Histogram field of remote write 1.0 to the bytes of each of
  // its series; there are as many `payloads` as parts.
  virtual void Append(int64_t t_ms, std::span<std::string> payloads) const;
};

// `per_second` is how many events there are at load 1.  All but a gauge start
// as if their process had been up for `age_seconds`.
std::unique_ptr<Instrument> MakeCounter(double per_second, double age_seconds);
std::unique_ptr<Instrument> MakeGauge(GaugeKind kind, Rng& rng);
std::unique_ptr<Instrument> MakeClassicHistogram(double per_second, const Latency& latency,
                                                 double age_seconds, Rng& rng);
// Schema 3: eight buckets to a doubling.
std::unique_ptr<Instrument> MakeNativeHistogram(double per_second, const Latency& latency,
                                                double age_seconds, Rng& rng);

// Adds what says that a series has ended: the stale marker, of a float or a histogram.
void AppendStale(bool histogram, int64_t t_ms, std::string& payload);

}  // namespace tidemark::bench
