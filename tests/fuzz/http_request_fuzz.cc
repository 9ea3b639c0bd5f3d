// Any bytes as what a client sends: requests or an error, and the same ones
// whether the bytes come all at once or one by one.
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/http/body_decoder.h"
#include "server/http/params.h"
#include "server/http/request_head.h"
#include "server/http/router.h"

using namespace tidemark;
using namespace tidemark::server;

namespace {

constexpr size_t kMaxBody = 1000;

void Require(bool condition) {
  if (!condition) std::abort();
}

const Router& TestRouter() {
  static const Router& router =
      *new Router({{{"GET", "POST"}, "/api/v1/query", Lane::kQuery, nullptr},
                   {{"GET"}, "/api/v1/label/{name}/values", Lane::kQuery, nullptr}});
  return router;
}

// Reads requests as the server does, from input that grows by `piece` bytes;
// says in text what it found.
std::string ReadRequests(std::string_view input, size_t piece) {
  std::string seen;
  std::string in;
  std::string body;
  RequestHead head;
  BodyDecoder decoder;
  size_t scanned = 0;
  bool in_body = false;
  while (!input.empty()) {
    in.append(input.substr(0, piece));
    input.remove_prefix(std::min(piece, input.size()));
    while (true) {
      if (!in_body) {
        const size_t end = FindHeadEnd(in, scanned);
        Require(end <= in.size());
        if (end == 0) break;
        const auto error = ParseRequestHead(std::string_view(in).substr(0, end), head);
        in.erase(0, end);
        scanned = 0;
        if (error.has_value()) return seen + std::to_string(error->status);
        if (head.content_length > kMaxBody) return seen + "413";
        decoder = head.chunked ? BodyDecoder::Chunked(kMaxBody)
                               : BodyDecoder::WithLength(head.content_length);
        body.clear();
        in_body = true;
      }
      std::string_view rest = in;
      const BodyDecoder::State state = decoder.Feed(rest, body);
      in.erase(0, in.size() - rest.size());
      Require(body.size() <= kMaxBody);
      if (state == BodyDecoder::State::kMore) break;
      if (state != BodyDecoder::State::kDone) return seen + "400";
      const RouteMatch match = TestRouter().Find(head.method, head.path);
      seen += head.method + " " + head.path + "?" + head.query + " " + body + " " +
              (match.route == nullptr ? match.allow : match.route->pattern) + "\n";
      in_body = false;
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string at_once = ReadRequests(input, size == 0 ? 1 : size);
  Require(at_once == ReadRequests(input, 1));

  HttpParams params;
  if (ParseParams(input, params).ok()) {
    size_t bytes = 0;
    for (const auto& [name, value] : params) bytes += name.size() + value.size();
    Require(bytes <= size);
  }
  return 0;
}
