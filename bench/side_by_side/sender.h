// Sender: posts remote-write requests over one connection that stays open, and
// remembers how that went.
//
// Threads: one.
#pragma once

#include <httplib.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/side_by_side/stream.h"

namespace tidemark::bench {

struct SendReport {
  uint64_t accepted = 0;  // samples, of requests answered with 2xx
  uint64_t refused = 0;   // samples, of requests given up
  uint64_t retries = 0;
  std::map<int, uint64_t> statuses;  // answers by HTTP status; 0: none came
  std::string first_refusal;         // its body
  std::vector<float> milliseconds;   // of each request, retries included

  void Add(const SendReport& other);
};

class Sender {
 public:
  Sender(const std::string& host, int port);

  // Repeats, with growing pauses, what was answered with 429 or 5xx or not at
  // all; gives up after a minute or so.
  void Send(const Request& request);

  const SendReport& report() const { return report_; }

 private:
  int Post(const Request& request, std::string& answer);

  httplib::Client client_;
  SendReport report_;
};

}  // namespace tidemark::bench
