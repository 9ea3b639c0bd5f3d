// Connection: what the front knows about one client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "server/http/body_decoder.h"
#include "server/http/exchange.h"
#include "server/http/socket.h"

namespace tidemark::server {

//            first byte        head complete       body complete
//   kIdle ───────────────▶ kHead ──────────▶ kBody ──────────▶ kWorking
//     ▲                                                           │ answered
//     └───────────────────────────────────────────────────────────┤
//   kLingering: answered for the last time; what still arrives is thrown away
//   until the peer closes, since closing first would make the kernel discard
//   the answer under way.
enum class Phase { kIdle, kHead, kBody, kWorking, kLingering };

// Threads: the front's, except `exchange` and `socket` while kWorking.
struct Connection {
  uint64_t id = 0;
  Socket socket;
  std::string remote_addr;
  Phase phase = Phase::kIdle;
  int64_t deadline_ns = 0;  // of this phase; 0: none
  uint32_t watched = 0;     // epoll events asked for; 0: not registered
  bool peer_finished = false;

  std::string in;      // received, and not part of `exchange` yet
  size_t scanned = 0;  // of `in`: see FindHeadEnd
  BodyDecoder decoder;
  size_t charged_bytes = 0;  // of options.max_buffered_bytes
  std::unique_ptr<Exchange> exchange;
};

}  // namespace tidemark::server
