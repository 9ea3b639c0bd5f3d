// From bytes to a request that is handed to its lane.
#include <fmt/format.h>
#include <sys/epoll.h>

#include "server/http/front.h"
#include "server/http/plain_answer.h"
#include "tsdb/base/clock.h"

namespace tidemark::server {
namespace {

// What an idle connection may keep of its input buffer.
constexpr size_t kIdleBufferBytes = 1024;

}  // namespace

void Front::OnReadable(Connection& c) {
  size_t n = 0;
  const Socket::Result result = c.socket.Read(scratch_.data(), scratch_.size(), n);
  if (result == Socket::Result::kWouldBlock) return;
  if (result == Socket::Result::kClosed) c.peer_finished = true;
  c.in.append(scratch_.data(), n);
  if (!Charge(c)) {
    RefuseForMemory(c);
  } else {
    Advance(c);
  }
}

// Who has closed only its sending side gets its answer all the same, but is not
// told apart from who is gone: net/http of Go does it the same way.
void Front::OnHangUp(Connection& c) {
  metrics_.CountHangUp();
  c.exchange->hung_up.Cancel();
  Watch(c, 0);
}

void Front::Advance(Connection& c) {
  while (Step(c)) {
  }
}

bool Front::Step(Connection& c) {
  switch (c.phase) {
    case Phase::kIdle:
    case Phase::kHead:
      return StepHead(c);
    case Phase::kBody:
      return StepBody(c);
    default:
      return false;
  }
}

// ---------------------------------------------------------------- the head

bool Front::StepHead(Connection& c) {
  // Empty lines before a request are allowed, and some clients send them.
  if (c.phase == Phase::kIdle) c.in.erase(0, c.in.find_first_not_of("\r\n"));
  if (c.in.empty()) return AwaitRequest(c);
  const size_t head_bytes = FindHeadEnd(c.in, c.scanned);
  if (std::max(head_bytes, c.scanned) > options_.max_head_bytes) return RefuseHead(c);
  if (head_bytes > 0) return StartRequest(c, head_bytes);
  if (c.phase == Phase::kIdle) {
    c.phase = Phase::kHead;
    SetDeadlineMs(c, options_.head_timeout_ms);
  }
  return AwaitMore(c);
}

bool Front::AwaitRequest(Connection& c) {
  if (c.in.capacity() > kIdleBufferBytes) c.in.shrink_to_fit();
  if (!draining_) return AwaitMore(c);
  Close(c);
  return false;
}

bool Front::AwaitMore(Connection& c) {
  if (c.peer_finished) Close(c);
  return false;
}

bool Front::RefuseHead(Connection& c) {
  const bool line_too_long = c.in.find('\n') >= options_.max_head_bytes;
  return Refuse(c, "head_too_large", line_too_long ? 414 : 431,
                fmt::format("{} past server.http.max_head_bytes = {}; a long query can be sent "
                            "as a form with POST",
                            line_too_long ? "the request line is" : "the header fields are",
                            options_.max_head_bytes));
}

bool Front::StartRequest(Connection& c, size_t head_bytes) {
  c.exchange = std::make_unique<Exchange>();
  Exchange& exchange = *c.exchange;
  const auto error = ParseRequestHead(std::string_view(c.in).substr(0, head_bytes), exchange.head);
  c.in.erase(0, head_bytes);
  c.scanned = 0;
  if (error.has_value()) return Refuse(c, "bad_request", error->status, error->text);
  exchange.remote_addr = c.remote_addr;
  exchange.keep_alive = exchange.head.keep_alive;
  exchange.match = router_.Find(exchange.head.method, exchange.head.path);
  return exchange.match.route == nullptr ? AnswerWithoutHandler(c) : StartBody(c);
}

// ---------------------------------------------------------------- the body

bool Front::StartBody(Connection& c) {
  const RequestHead& head = c.exchange->head;
  const size_t limit = c.exchange->match.route->max_body_bytes;
  if (head.content_length > limit) return RefuseBody(c);
  if (head.content_length > options_.max_buffered_bytes - buffered_bytes_) {
    return RefuseForMemory(c);
  }
  c.decoder =
      head.chunked ? BodyDecoder::Chunked(limit) : BodyDecoder::WithLength(head.content_length);
  c.exchange->body.reserve(head.content_length);
  c.phase = Phase::kBody;
  SetDeadlineMs(c, options_.body_timeout_ms);
  if (head.expect_continue && head.has_body() && c.in.empty()) {
    std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    c.socket.Write(go_on);
  }
  return true;
}

bool Front::StepBody(Connection& c) {
  std::string_view bytes = c.in;
  const BodyDecoder::State state = c.decoder.Feed(bytes, c.exchange->body);
  c.in.erase(0, c.in.size() - bytes.size());
  switch (state) {
    case BodyDecoder::State::kMore:
      return AwaitMore(c);
    case BodyDecoder::State::kDone:
      return Dispatch(c);
    case BodyDecoder::State::kTooLarge:
      return RefuseBody(c);
    case BodyDecoder::State::kMalformed:
      break;
  }
  return Refuse(c, "bad_request", 400, "malformed chunked body");
}

bool Front::RefuseBody(Connection& c) {
  return Refuse(c, "body_too_large", 413,
                fmt::format("the body is past this path's limit of {} bytes",
                            c.exchange->match.route->max_body_bytes));
}

bool Front::RefuseForMemory(Connection& c) {
  return Refuse(c, "max_buffered_bytes", 503,
                fmt::format("too many requests in memory (server.http.max_buffered_bytes = {}): "
                            "try again later",
                            options_.max_buffered_bytes),
                {{"Retry-After", "1"}});
}

bool Front::Charge(Connection& c) {
  const size_t held = c.in.size() + (c.exchange == nullptr ? 0 : c.exchange->body.size());
  const size_t others = buffered_bytes_ - c.charged_bytes;
  if (others + held > options_.max_buffered_bytes) return false;
  c.charged_bytes = held;
  buffered_bytes_ = others + held;
  return true;
}

void Front::Release(Connection& c) {
  buffered_bytes_ -= c.charged_bytes;
  c.charged_bytes = 0;
}

// ---------------------------------------------------------------- the answer

bool Front::Dispatch(Connection& c) {
  const Lane lane = c.exchange->match.route->lane;
  c.exchange->received_ns = Clock::System().MonotonicNs();
  c.exchange->keep_alive = c.exchange->keep_alive && !draining_;
  c.phase = Phase::kWorking;
  deadlines_.Set(c, 0);
  // A side that is closed already would be reported without end.
  Watch(c, c.peer_finished ? 0u : uint32_t{EPOLLRDHUP});
  if (lanes_[static_cast<size_t>(lane)]->Submit(c)) return false;
  metrics_.CountRefusal("queue_full");
  Watch(c, EPOLLIN | EPOLLRDHUP);
  return Reply(c, 503,
               fmt::format("the server is busy: {} requests wait already "
                           "(server.http.max_queued)",
                           options_.max_queued),
               {{"Retry-After", "1"}}, c.exchange->keep_alive);
}

void Front::BecomeIdle(Connection& c) {
  Release(c);
  c.exchange.reset();
  c.phase = Phase::kIdle;
  SetDeadlineMs(c, options_.idle_timeout_ms);
}

bool Front::AnswerWithoutHandler(Connection& c) {
  const Exchange& exchange = *c.exchange;
  const bool keep_alive = exchange.keep_alive && !exchange.head.has_body() && !draining_;
  const std::string& allow = exchange.match.allow;
  if (allow.empty()) {
    metrics_.CountRefusal("not_found");
    return Reply(c, 404, "404 page not found", {}, keep_alive);
  }
  if (exchange.head.method == "OPTIONS") {
    return Reply(c, 204, "", {{"Allow", allow + ", OPTIONS"}}, keep_alive);
  }
  metrics_.CountRefusal("wrong_method");
  return Reply(c, 405, fmt::format("this path has only {}", allow), {{"Allow", allow}}, keep_alive);
}

bool Front::Reply(Connection& c, int status, std::string_view text, HeaderList headers,
                  bool keep_alive) {
  const bool body_too = c.exchange == nullptr || c.exchange->head.method != "HEAD";
  cors_.AddHeaders(c.exchange == nullptr ? "" : c.exchange->head.Header("origin"), headers);
  const std::string answer = FormatPlainAnswer(status, text, headers, keep_alive, body_too);
  std::string_view rest = answer;
  // Some hundred bytes always fit, unless the client has stopped reading.
  if (c.socket.Write(rest) != Socket::Result::kOk) {
    Close(c);
    return false;
  }
  if (!keep_alive) {
    Linger(c);
    return false;
  }
  BecomeIdle(c);
  return true;
}

bool Front::Refuse(Connection& c, std::string_view reason, int status, std::string_view text,
                   HeaderList headers) {
  metrics_.CountRefusal(reason);
  return Reply(c, status, text, std::move(headers), false);
}

}  // namespace tidemark::server
