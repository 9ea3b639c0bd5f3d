// Tidemark's own metrics: atomics that any thread may touch, named once in a
// registry, read when /metrics is asked for.
//
//   Counter* late = metrics.AddCounter("tidemark_late_samples_total",
//                                      "Samples older than the newest of their series.");
//   late->Add(1);
//
// Names follow Prometheus' conventions: base units, _total for counters.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/base/mutex.h"

namespace tidemark {

class Counter {
 public:
  void Add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Durations and sizes in classic buckets: upper bounds inclusive, +Inf implied.
class BucketHistogram {
 public:
  explicit BucketHistogram(std::vector<double> bounds);
  void Observe(double value);

  const std::vector<double>& bounds() const { return bounds_; }
  // One count per bound and a last one for +Inf; not cumulative.
  std::vector<uint64_t> counts() const;
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const std::vector<double> bounds_;
  std::deque<std::atomic<uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

// The registry.  Metrics live as long as it does; pointers it returns stay valid.
//
// Threads: all functions may be called from any thread.
class Metrics {
 public:
  using LabelPairs = std::vector<std::pair<std::string, std::string>>;

  // The same name may come again with other labels: one family, several children.
  Counter* AddCounter(std::string_view name, std::string_view help, LabelPairs labels = {});
  BucketHistogram* AddHistogram(std::string_view name, std::string_view help,
                                std::vector<double> bounds, LabelPairs labels = {});
  // `read` is called at each collection, from the collecting thread, and must
  // be callable until the registry dies.
  void AddGauge(std::string_view name, std::string_view help, std::function<double()> read,
                LabelPairs labels = {});
  // A counter that something else keeps, as the kernel keeps CPU time; `read` as
  // for AddGauge.
  void AddCounterReader(std::string_view name, std::string_view help, std::function<double()> read,
                        LabelPairs labels = {});

  enum class Type { kCounter, kGauge, kHistogram };
  struct Child {
    LabelPairs labels;
    double value = 0;            // counters and gauges
    std::vector<double> bounds;  // histograms
    std::vector<uint64_t> counts;
    double sum = 0;
  };
  struct Family {
    std::string name;
    std::string help;
    Type type;
    std::vector<Child> children;
  };
  // A copy of everything, families sorted by name.
  std::vector<Family> Collect() const;

 private:
  struct Entry {
    std::string name;
    std::string help;
    Type type;
    LabelPairs labels;
    Counter* counter = nullptr;
    BucketHistogram* histogram = nullptr;
    std::function<double()> read;
  };

  mutable Mutex mutex_;
  std::deque<Counter> counters_ ABSL_GUARDED_BY(mutex_);
  std::deque<BucketHistogram> histograms_ ABSL_GUARDED_BY(mutex_);
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark
