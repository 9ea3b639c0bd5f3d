// Carrier: takes an Exchange through cpp-httplib to its handler, and the
// handler's response back to the client.
//
// httplib reads a head that says only what it needs, and writes the answer:
// status line, fields, HEAD, keep-alive.  Path, parameters, fields and body of
// the request come from the Exchange: httplib would cut parameters at their
// second '=', refuse form bodies past 8 KiB, read bodies in 4 KiB pieces,
// decompress without a bound, and match every path with std::regex.
#pragma once

#include <httplib.h>

#include "server/http/answer_stream.h"
#include "server/http/cors.h"
#include "server/http/exchange.h"
#include "server/http/http_metrics.h"
#include "server/http/http_options.h"
#include "server/http/socket.h"

namespace tidemark::server {

// Threads: one; each worker has its own.
// Ownership: what the constructor takes must outlive it.
class Carrier : private httplib::Server {
 public:
  Carrier(const HttpOptions& options, const Cors& cors, HttpMetrics& metrics);

  // Calls the handler and answers; sets exchange.keep_alive.
  void Answer(Exchange& exchange, Socket& socket);

 private:
  void Handle(httplib::Response& out);
  bool WriteStreamed(AnswerStream& stream);
  HttpResponse Call();

  const int64_t write_timeout_ns_;
  const Cors& cors_;
  HttpMetrics& metrics_;
  Exchange* exchange_ = nullptr;  // the current one
  int status_ = 0;                // of its answer
  // The body of its answer, if it comes in pieces.
  std::function<bool(const BodySink&)> streamed_;
};

}  // namespace tidemark::server
