// When a sender is to come again.
#pragma once

#include <random>
#include <string>

namespace tidemark::server {

inline constexpr int kLeastRetrySeconds = 3;
inline constexpr int kMostRetrySeconds = 8;

// The value of Retry-After: some seconds, at random, so that senders that were
// turned away together do not come back together.  Threads: any.
inline std::string RetryAfterSeconds() {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::to_string(
      std::uniform_int_distribution<int>(kLeastRetrySeconds, kMostRetrySeconds)(random));
}

}  // namespace tidemark::server
