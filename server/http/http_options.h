// HttpOptions: every bound and time limit of the HTTP server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tidemark::server {

// None of these can change while the server runs.
struct HttpOptions {
  std::string host = "127.0.0.1";  // an address, or a name that resolves to one
  int port = 9201;                 // 0: any free one
  size_t backlog = 1024;           // connections that wait to be accepted
  size_t max_connections = 10'000;

  size_t max_head_bytes = 64 << 10;          // request line and header fields
  size_t max_buffered_bytes = 256ULL << 20;  // requests under way, all together

  int64_t head_timeout_ms = 10'000;   // from the first byte of a head to its last
  int64_t body_timeout_ms = 60'000;   // from the head to the last byte of the body
  int64_t idle_timeout_ms = 300'000;  // between two requests
  int64_t write_timeout_ms = 60'000;  // for a client to take the whole answer
  int64_t drain_timeout_ms = 10'000;  // for running requests when the server stops

  // Worker threads of each lane, and requests that may wait in each.
  size_t control_workers = 1;
  size_t write_workers = 2;
  size_t query_workers = 4;
  size_t max_queued = 256;

  // Origins that browsers may call from: a pattern (re2) for all of the origin.
  std::string cors_origin = ".*";
};

}  // namespace tidemark::server
