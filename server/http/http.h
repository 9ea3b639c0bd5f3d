// HttpRequest, HttpResponse, Route: what a handler sees of HTTP, and nothing
// of the library that carries it.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/base/cancellation.h"

namespace tidemark::server {

struct HttpRequest {
  std::string method;  // "GET", "POST" …
  std::string path;    // decoded, without the query string
  // Of the query string and of a form body, in order, decoded.
  std::vector<std::pair<std::string, std::string>> params;
  // Values of {placeholders} in the route's pattern, decoded.
  std::map<std::string, std::string, std::less<>> path_args;
  // Names in lower case.
  std::map<std::string, std::string, std::less<>> headers;
  std::string body;         // as sent; empty where it was a form
  std::string remote_addr;  // address of the peer, without port
  // Set when the client hangs up; never null.
  const Cancellation* hung_up = nullptr;

  // The first value of that name, or "".
  std::string_view Param(std::string_view name) const;
  bool HasParam(std::string_view name) const;
  std::vector<std::string_view> ParamValues(std::string_view name) const;
  std::string_view Header(std::string_view lower_case_name) const;  // or ""
};

// Takes a piece of a body; false when the client is gone.
using BodySink = std::function<bool(std::string_view piece)>;

struct HttpResponse {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // beyond the usual ones
  // Instead of `body`, for what is too large to be held: called once status and
  // headers are out, to write the body piece by piece, uncompressed.  False: it
  // stopped before the end; the connection is closed, so that the client does not
  // take what it has for the whole.  A piece must be taken within
  // server.http.write_timeout.
  std::function<bool(const BodySink&)> stream;
};

using HttpHandler = std::function<void(const HttpRequest&, HttpResponse&)>;

// Requests of one lane wait for each other, never for those of another: slow
// queries do not hold up writes, neither holds up a health check.
enum class Lane { kControl, kWrite, kQuery };

struct Route {
  std::vector<std::string> methods;  // HEAD comes with GET
  std::string pattern;               // "/api/v1/query", or with "{name}" for one whole path segment
  Lane lane = Lane::kQuery;
  HttpHandler handler;
  // Bodies past this are refused with 413 before they are read.
  size_t max_body_bytes = 1 << 20;
};

}  // namespace tidemark::server
