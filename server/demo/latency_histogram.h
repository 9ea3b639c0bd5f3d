// LatencyHistogram: durations counted twice, in classic buckets and in native
// ones, as Go's client library does for a histogram that has both switched on.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "proto/metrics.pb.h"

namespace tidemark::server {

// Threads: like a std::map.
class LatencyHistogram {
 public:
  // Go's default buckets, in seconds; +Inf is implied.
  static constexpr std::array<double, 11> kBounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                     0.5,   1,    2.5,   5,    10};
  // Eight native buckets to a doubling: each bound is 1.09 times the one below.
  static constexpr int kSchema = 3;
  static constexpr double kZeroThreshold = 0x1p-128;

  // Counts `times` durations of `seconds`, which is above the zero threshold and finite.
  void Observe(double seconds, uint64_t times = 1);

  // Remembers one of the observed durations for its classic bucket, in place of
  // the last one there; `t_ms` is since the Unix epoch.
  void SetExemplar(double seconds, int64_t t_ms, std::string trace_id);

  // Adds the counts and the classic buckets with their exemplars, to `out`.
  void FillClassic(io::prometheus::client::Histogram& out) const;
  // Adds the counts and the native buckets: spans and deltas.
  void FillNative(io::prometheus::client::Histogram& out) const;
  // Adds the exemplars as native histograms carry them.
  void FillNativeExemplars(io::prometheus::client::Histogram& out) const;

  uint64_t count() const { return count_; }

 private:
  struct Exemplar {
    double seconds = 0;
    int64_t t_ms = 0;
    std::string trace_id;
  };
  static void Fill(const Exemplar& from, io::prometheus::client::Exemplar& to);

  uint64_t count_ = 0;
  double sum_ = 0;
  std::array<uint64_t, kBounds.size() + 1> classic_ = {};
  std::array<std::optional<Exemplar>, kBounds.size() + 1> exemplars_;
  std::map<int32_t, uint64_t> native_;  // by bucket index: (2^((i-1)/8), 2^(i/8)]
};

}  // namespace tidemark::server
