#include "tsdb/base/metrics.h"

#include <algorithm>
#include <map>

namespace tidemark {

BucketHistogram::BucketHistogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

void BucketHistogram::Observe(double value) {
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  counts_[static_cast<size_t>(bound - bounds_.begin())].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::vector<uint64_t> BucketHistogram::counts() const {
  std::vector<uint64_t> out;
  out.reserve(counts_.size());
  for (const auto& count : counts_) out.push_back(count.load(std::memory_order_relaxed));
  return out;
}

Counter* Metrics::AddCounter(std::string_view name, std::string_view help, LabelPairs labels) {
  MutexLock lock(mutex_);
  Counter* counter = &counters_.emplace_back();
  entries_.push_back({std::string(name), std::string(help), Type::kCounter, std::move(labels),
                      counter, nullptr, nullptr});
  return counter;
}

BucketHistogram* Metrics::AddHistogram(std::string_view name, std::string_view help,
                                       std::vector<double> bounds, LabelPairs labels) {
  MutexLock lock(mutex_);
  BucketHistogram* histogram = &histograms_.emplace_back(std::move(bounds));
  entries_.push_back({std::string(name), std::string(help), Type::kHistogram, std::move(labels),
                      nullptr, histogram, nullptr});
  return histogram;
}

void Metrics::AddGauge(std::string_view name, std::string_view help, std::function<double()> read,
                       LabelPairs labels) {
  MutexLock lock(mutex_);
  entries_.push_back({std::string(name), std::string(help), Type::kGauge, std::move(labels),
                      nullptr, nullptr, std::move(read)});
}

void Metrics::AddCounterReader(std::string_view name, std::string_view help,
                               std::function<double()> read, LabelPairs labels) {
  MutexLock lock(mutex_);
  entries_.push_back({std::string(name), std::string(help), Type::kCounter, std::move(labels),
                      nullptr, nullptr, std::move(read)});
}

std::vector<Metrics::Family> Metrics::Collect() const {
  std::vector<Entry> entries;
  {
    // What is read is read without the lock: it may take locks of its own.
    MutexLock lock(mutex_);
    entries = entries_;
  }
  std::map<std::string, Family> families;
  for (const Entry& entry : entries) {
    Family& family = families[entry.name];
    family.name = entry.name;
    family.help = entry.help;
    family.type = entry.type;
    Child child;
    child.labels = entry.labels;
    if (entry.counter != nullptr) child.value = static_cast<double>(entry.counter->value());
    if (entry.read) child.value = entry.read();
    if (entry.histogram != nullptr) {
      child.bounds = entry.histogram->bounds();
      child.counts = entry.histogram->counts();
      child.sum = entry.histogram->sum();
    }
    family.children.push_back(std::move(child));
  }
  std::vector<Family> out;
  for (auto& [name, family] : families) out.push_back(std::move(family));
  return out;
}

}  // namespace tidemark
