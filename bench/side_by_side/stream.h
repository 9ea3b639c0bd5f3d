// Stream: the remote-write requests of some instances, in the order in which one
// connection sends them.
//
// Its unit is a *slot*: what lies between two moments at which the connections
// wait for each other, one scrape of every instance, or several of them where a
// request carries more than one sample of a series.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/side_by_side/instance.h"

namespace tidemark::bench {

struct StreamOptions {
  int64_t scrapes = 30;
  int per_series = 1;         // samples of a series in one request
  size_t per_request = 2000;  // samples of all series in one request
  double late = 0;            // the share of samples that are held back by 1 to `max_late` scrapes
  double duplicate = 0;       // the share that is sent again, in the same slot or the next
  int max_late = 20;
  uint64_t seed = 1;
};

struct Request {
  std::string body;  // snappy
  size_t samples;
};

class Stream {
 public:
  Stream(const StreamOptions& options, std::vector<Instance> instances);

  // The last one holds what is late at the end.
  int64_t slots() const;
  // The requests of slot 0, then of slot 1 ...
  std::vector<Request> NextSlot();

  const std::vector<Instance>& instances() const { return instances_; }

 private:
  void Add(Instance& instance, bool may_wait, int count);
  void AddSeries(const std::string& labels, const std::string& payload, int samples);
  void AddHeldBack();
  void Finish();
  bool Happens(double probability) { return std::bernoulli_distribution(probability)(rng_); }

  StreamOptions options_;
  std::vector<Instance> instances_;
  Rng rng_;
  int64_t slot_ = 0;
  std::vector<std::string> payloads_;          // of the instance at hand
  std::multimap<int64_t, std::string> later_;  // by slot: series with one sample each
  std::string body_;                           // of the request at hand, not compressed
  size_t samples_ = 0;
  std::vector<Request> requests_;
};

}  // namespace tidemark::bench
