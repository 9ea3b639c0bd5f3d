// Instance: one process of the invented payments gateway, that is scraped at
// fixed times, now and then restarts and may be replaced by another.
//
// A wide one has 656 float series (192 counters, 128 gauges, 24 classic
// histograms) or 48 native histograms; a narrow one 48 (12, 8, 2) or 4.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/side_by_side/instrument.h"

namespace tidemark::bench {

struct InstanceOptions {
  bool wide = true;
  bool histograms = false;  // native ones instead of floats
  int64_t start_ms = 0;     // of the first scrape
  double interval_seconds = 15;
  int64_t scrapes = 30;       // in all; at the last one every instance is up
  double churn_per_hour = 0;  // the share of instances that are replaced within an hour
  uint64_t seed = 1;
};

class Instance {
 public:
  using LabelPairs = std::vector<std::pair<std::string, std::string>>;

  // Shows at most `max_series` of its series.
  Instance(const InstanceOptions& options, uint32_t id, size_t max_series);

  size_t size() const { return series_.size(); }
  // Series i as Label fields of a TimeSeries, sorted by name.
  const std::string& labels(size_t i) const { return series_[i].encoded; }

  // Lets it be scraped `count` times from the `first` of all; sets payloads[i] to the
  // samples of series i (`payloads` grows as needed).  False: some are stale markers.
  bool Scrape(int64_t first, int count, std::vector<std::string>& payloads);

  // What a server must answer once everything was sent, of the series as they
  // are named now.
  LabelPairs Labels(size_t i) const;
  std::string_view name(size_t i) const { return series_[i].name; }
  Reading Read(size_t i) const { return series_[i].instrument->Read(series_[i].part); }
  int64_t samples() const { return samples_; }          // of each series; no stale markers
  int64_t all_samples() const { return all_samples_; }  // those of the replaced ones too

 private:
  struct Series {
    const Instrument* instrument;
    size_t part;
    std::string name;
    LabelPairs own;  // besides those of the instance
    std::string encoded;
  };

  void AddFloats();
  void AddNativeHistograms();
  void Add(std::string_view name, const LabelPairs& own, std::unique_ptr<Instrument> instrument);
  void EncodeLabels();
  bool ScrapeOnce(int64_t scrape, std::vector<std::string>& payloads);
  void GoDown(bool replaced, int64_t t_ms, std::vector<std::string>& payloads);
  bool Happens(double probability) { return std::bernoulli_distribution(probability)(rng_); }
  double Spread();
  double Load(int64_t t_ms) const;

  InstanceOptions options_;
  uint32_t id_;
  uint32_t generation_ = 0;  // how many it has replaced
  Rng rng_;
  double age_seconds_;
  std::vector<std::unique_ptr<Instrument>> instruments_;
  std::vector<size_t> parts_;  // of each instrument
  std::vector<Series> series_;
  bool relabel_ = false;  // another one took over, from the next scrape on
  int64_t samples_ = 0;
  int64_t all_samples_ = 0;
};

}  // namespace tidemark::bench
