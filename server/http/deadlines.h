// Deadlines: which of many connections runs out of time next.
#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "server/http/connection.h"

namespace tidemark::server {

// Threads: one.
class Deadlines {
 public:
  // Replaces the connection's deadline; 0 takes it away.
  void Set(Connection& connection, int64_t deadline_ns) {
    if (connection.deadline_ns != 0) by_time_.erase({connection.deadline_ns, connection.id});
    connection.deadline_ns = deadline_ns;
    if (deadline_ns != 0) by_time_.emplace(deadline_ns, connection.id);
  }

  // The earliest deadline, or 0.
  int64_t next_ns() const { return by_time_.empty() ? 0 : by_time_.begin()->first; }

  // The id of a connection whose deadline is past, or 0.
  uint64_t Expired(int64_t now_ns) const {
    return by_time_.empty() || by_time_.begin()->first > now_ns ? 0 : by_time_.begin()->second;
  }

 private:
  std::set<std::pair<int64_t, uint64_t>> by_time_;
};

}  // namespace tidemark::server
