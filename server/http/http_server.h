// HttpServer: routes in, a port that serves them out.
//
//   std::vector<Route> routes = {{{"GET"}, "/-/healthy", Lane::kControl, Healthy}};
//   ASSIGN_OR_RETURN(auto http, HttpServer::Start(options, std::move(routes), metrics));
//   …
//   http->Stop();
//
// cpp-httplib carries the exchange of one request; connections are ours, since
// its model of a thread per connection would let some idle clients starve all
// others.  One front thread holds every connection, reads requests as their
// bytes arrive, and hands them, complete, to the worker threads of their Lane.
// So thousands of idle connections cost no thread, a slow sender costs no
// worker, and a lane that is stuck does not keep the others from answering.
//
// What clients see beyond their handlers' answers:
//   204  OPTIONS of a path that exists, with Allow and CORS fields
//   400  malformed request             404  no such path
//   405  no such method, with Allow    408  head or body too slow
//   413  body past its route's limit   414, 431  request line, fields too long
//   500  the handler threw             501, 505  not what we speak
//   503  with Retry-After: too many connections, too much in memory, or too many
//        requests in the lane's queue
// Bodies reach handlers as sent: Content-Encoding is the handlers' affair.
// Large answers of types that shrink are sent gzipped to clients that take it.
#pragma once

#include <memory>
#include <vector>

#include "server/http/http.h"
#include "server/http/http_options.h"
#include "tsdb/base/metrics.h"
#include "tsdb/base/status.h"

namespace tidemark::server {

// Threads: handlers are called from the worker threads of their lanes, many at
// once; Stop from any thread but those, once.
class HttpServer {
 public:
  // Listens and serves at once.  `metrics` must outlive the server.
  //   kInvalidArgument  an option that makes no sense; the host does not resolve
  //   kUnavailable      the address cannot be had
  static StatusOr<std::unique_ptr<HttpServer>> Start(const HttpOptions& options,
                                                     std::vector<Route> routes, Metrics& metrics);
  virtual ~HttpServer() = default;  // as Stop

  virtual int port() const = 0;

  // Accepts nothing more, finishes what is under way within
  // options.drain_timeout_ms, cancels the rest (HttpRequest::hung_up), and
  // returns when all threads are gone: a handler that does not look at hung_up
  // is waited for.
  virtual void Stop() = 0;
};

}  // namespace tidemark::server
