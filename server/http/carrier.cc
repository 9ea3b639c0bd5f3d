#include "server/http/carrier.h"

#include <fmt/format.h>

#include "absl/strings/match.h"
#include "server/http/answer_stream.h"
#include "server/http/gzip.h"
#include "server/http/params.h"
#include "server/http/plain_answer.h"
#include "tsdb/base/clock.h"
#include "tsdb/base/log.h"

namespace tidemark::server {
namespace {

// httplib announces it with every answer; the front does not count.
constexpr size_t kKeepAliveCount = 1'000'000;

bool IsForm(const RequestHead& head) {
  return head.Header("content-type").substr(0, 33) == "application/x-www-form-urlencoded";
}

// Form values come before those of the query string, as in Go's Request.Form.
Status ReadParams(const RequestHead& head, std::string& body, HttpParams& params) {
  if (IsForm(head)) {
    if (!head.Header("content-encoding").empty()) {
      return InvalidArgument("a form must not be compressed: send it without Content-Encoding");
    }
    RETURN_IF_ERROR(ParseParams(body, params));
    body.clear();
  }
  return ParseParams(head.query, params);
}

StatusOr<HttpRequest> MakeRequest(Exchange& exchange) {
  HttpRequest request;
  ASSIGN_OR_RETURN(request.path, Unescape(exchange.head.path, false));
  RETURN_IF_ERROR(ReadParams(exchange.head, exchange.body, request.params));
  request.method = exchange.head.method;
  request.path_args = std::move(exchange.match.path_args);
  request.headers = std::move(exchange.head.headers);
  request.body = std::move(exchange.body);
  request.remote_addr = exchange.remote_addr;
  request.hung_up = &exchange.hung_up;
  return request;
}

HttpResponse PlainText(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text) + "\n";
  return response;
}

// A handler that throws is our bug; it costs its request, not the process.
// False when `call` threw.
template <typename Call>
bool Survives(const std::string& pattern, Call call) {
  std::string what = "unknown exception";
  try {
    call();
    return true;
  } catch (const std::exception& e) {
    what = e.what();
  } catch (...) {
  }
  Log(LogLevel::kError, "BUG: a request handler threw; its request was answered with 500, or cut",
      {{"handler", pattern}, {"what", what}});
  return false;
}

HttpResponse CallSafely(const Route& route, const HttpRequest& request) {
  HttpResponse response;
  if (Survives(route.pattern, [&] { route.handler(request, response); })) return response;
  return PlainText(500, "internal error: see the log of the server");
}

void CompressIfWorth(std::string_view accept_encoding, HttpResponse& response) {
  if (response.stream) return;
  for (const auto& [name, value] : response.headers) {
    if (absl::EqualsIgnoreCase(name, "Content-Encoding")) return;
  }
  if (!WorthGzip(accept_encoding, response.content_type, response.body.size())) return;
  response.body = Gzip(response.body);
  response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace

Carrier::Carrier(const HttpOptions& options, const Cors& cors, HttpMetrics& metrics)
    : write_timeout_ns_(options.write_timeout_ms * 1'000'000), cors_(cors), metrics_(metrics) {
  set_keep_alive_timeout(options.idle_timeout_ms / 1000);
  set_keep_alive_max_count(kKeepAliveCount);
  set_pre_routing_handler([this](const httplib::Request&, httplib::Response& out) {
    Handle(out);
    return HandlerResponse::Handled;
  });
  // What httplib promises for HEAD does not hold.
  set_post_routing_handler(
      [](const httplib::Request&, httplib::Response& out) { out.headers.erase("Accept-Ranges"); });
}

void Carrier::Answer(Exchange& exchange, Socket& socket) {
  exchange_ = &exchange;
  const std::string pattern = exchange.match.route->pattern;
  AnswerStream stream(
      exchange.head.method == "HEAD" ? "HEAD / HTTP/1.1\r\n\r\n" : "GET / HTTP/1.1\r\n\r\n", socket,
      write_timeout_ns_);
  bool closed = false;
  streamed_ = nullptr;
  bool written = process_request(stream, !exchange.keep_alive, closed, nullptr);
  if (streamed_ && written) written = WriteStreamed(stream);
  exchange.keep_alive = stream.Flush() && written && !closed && exchange.keep_alive;
  const int64_t took_ns = Clock::System().MonotonicNs() - exchange.received_ns;
  metrics_.CountAnswer(pattern, status_, static_cast<double>(took_ns) * 1e-9);
}

void Carrier::Handle(httplib::Response& out) {
  const std::string origin(exchange_->head.Header("origin"));
  const std::string accept_encoding(exchange_->head.Header("accept-encoding"));
  HttpResponse response = Call();
  CompressIfWorth(accept_encoding, response);
  cors_.AddHeaders(origin, response.headers);
  out.status = status_ = response.status;
  out.set_header("Date", HttpDate(Clock::System().NowMs()));
  if (!response.content_type.empty()) out.set_header("Content-Type", response.content_type);
  for (auto& [name, value] : response.headers) out.headers.emplace(name, std::move(value));
  out.body = std::move(response.body);
  if (!response.stream) return;
  // httplib would write nothing of a chunked body, because it does not listen; so
  // it is told of a body without a length, and gets none.
  streamed_ = std::move(response.stream);
  out.set_header("Transfer-Encoding", "chunked");
  out.set_content_provider(response.content_type, [](size_t, httplib::DataSink& sink) {
    sink.done();
    return true;
  });
}

// In chunks (RFC 9112, section 7.1); without the last one when it was cut.
bool Carrier::WriteStreamed(AnswerStream& stream) {
  const BodySink sink = [&stream](std::string_view piece) {
    if (piece.empty()) return true;
    stream.RestartTimeout();
    const std::string size = fmt::format("{:x}\r\n", piece.size());
    return stream.write(size.data(), size.size()) >= 0 &&
           stream.write(piece.data(), piece.size()) >= 0 && stream.write("\r\n", 2) >= 0;
  };
  bool whole = false;
  Survives(exchange_->match.route->pattern, [&] { whole = streamed_(sink); });
  streamed_ = nullptr;
  if (exchange_->head.method == "HEAD") return whole;
  return whole && stream.write("0\r\n\r\n", 5) >= 0;
}

HttpResponse Carrier::Call() {
  const Route& route = *exchange_->match.route;
  const StatusOr<HttpRequest> request = MakeRequest(*exchange_);
  if (!request.ok()) return PlainText(400, std::string(MessageOf(request.status())));
  return CallSafely(route, *request);
}

}  // namespace tidemark::server
