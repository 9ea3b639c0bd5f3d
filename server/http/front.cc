// The event loop, and the life of connections; front_requests.cc has what
// happens within one.
#include "server/http/front.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "server/http/plain_answer.h"
#include "tsdb/base/clock.h"
#include "tsdb/base/log.h"

namespace tidemark::server {
namespace {

constexpr uint64_t kListenerId = 0;
constexpr uint64_t kWakeupId = 1;
constexpr int kEventsPerTurn = 256;
constexpr int kAcceptsPerTurn = 64;
constexpr size_t kScratchBytes = 64 << 10;
constexpr int64_t kLingerMs = 2000;
constexpr int64_t kLingerWhileDrainingMs = 200;
constexpr int64_t kAcceptPauseMs = 200;
constexpr int64_t kPauseLogMs = 60'000;

// Refused connections that may linger beyond max_connections, to read why.
constexpr size_t kSpareConnections = 64;

int64_t NowNs() { return Clock::System().MonotonicNs(); }

bool AddToEpoll(int epoll, int fd, uint64_t id, uint32_t events) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = id;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

Front::Front(const HttpOptions& options, const Router& router, const Cors& cors,
             HttpMetrics& metrics)
    : options_(options),
      router_(router),
      cors_(cors),
      metrics_(metrics),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      scratch_(kScratchBytes) {}

Front::~Front() {
  Stop();
  if (epoll_ >= 0) ::close(epoll_);
}

Status Front::Start(Listener listener, Lanes lanes) {
  listener_ = std::make_unique<Listener>(std::move(listener));
  lanes_ = lanes;
  if (!AddToEpoll(epoll_, listener_->fd(), kListenerId, EPOLLIN) ||
      !AddToEpoll(epoll_, wakeup_.fd(), kWakeupId, EPOLLIN)) {
    return Unavailable(fmt::format("cannot watch sockets: {}", std::strerror(errno)));
  }
  thread_ = std::thread([this] { Run(); });
  return OkStatus();
}

void Front::Stop() {
  if (!thread_.joinable()) return;
  stop_asked_.store(true);
  wakeup_.Signal();
  thread_.join();
}

void Front::Return(Connection& connection) {
  {
    MutexLock lock(returned_mutex_);
    returned_.push_back(&connection);
  }
  wakeup_.Signal();
}

void Front::Run() {
  std::vector<epoll_event> events(kEventsPerTurn);
  while (!Finished()) {
    const int n = ::epoll_wait(epoll_, events.data(), kEventsPerTurn, WaitMs());
    for (int i = 0; i < n; ++i) OnEvent(events[i].data.u64, events[i].events);
    TakeBackReturned();
    ExpireDeadlines();
    if (stop_asked_.load() && !draining_) StartDraining();
    metrics_.SetConnections(connections_.size());
    metrics_.SetBufferedBytes(buffered_bytes_);
  }
}

// Until the next deadline of any kind; -1 when there is none.
int Front::WaitMs() const {
  int64_t next_ns = deadlines_.next_ns();
  for (const int64_t other_ns : {accept_again_ns_, drain_deadline_ns_}) {
    if (other_ns != 0 && (next_ns == 0 || other_ns < next_ns)) next_ns = other_ns;
  }
  if (next_ns == 0) return -1;
  return static_cast<int>(std::clamp<int64_t>((next_ns - NowNs()) / 1'000'000 + 1, 0, 3'600'000));
}

void Front::OnEvent(uint64_t id, uint32_t events) {
  if (id == kListenerId) return AcceptAll();
  if (id == kWakeupId) return wakeup_.Clear();
  const auto it = connections_.find(id);
  if (it == connections_.end()) return;  // closed earlier in this turn
  Connection& c = *it->second;
  if (c.phase == Phase::kLingering) return DiscardInput(c);
  if (c.phase != Phase::kWorking) return OnReadable(c);
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) OnHangUp(c);
}

// ---------------------------------------------------------------- connections

void Front::AcceptAll() {
  for (int i = 0; i < kAcceptsPerTurn && listener_ != nullptr; ++i) {
    std::string remote_addr;
    StatusOr<Socket> socket = listener_->Accept(remote_addr);
    if (socket.ok()) {
      Admit(*std::move(socket), std::move(remote_addr));
    } else {
      if (socket.status().code() != StatusCode::kNotFound) {
        PauseAccepting(MessageOf(socket.status()));
      }
      return;
    }
  }
}

void Front::Admit(Socket socket, std::string remote_addr) {
  metrics_.CountAccepted();
  if (connections_.size() >= options_.max_connections + kSpareConnections) {
    metrics_.CountRefusal("max_connections");
    return;
  }
  auto connection = std::make_unique<Connection>();
  Connection& c = *connection;
  c.id = next_id_++;
  c.socket = std::move(socket);
  c.remote_addr = std::move(remote_addr);
  connections_.emplace(c.id, std::move(connection));
  if (connections_.size() > options_.max_connections) {
    Refuse(c, "max_connections", 503,
           fmt::format("too many connections (server.http.max_connections = {})",
                       options_.max_connections),
           {{"Retry-After", "1"}});
    return;
  }
  SetDeadlineMs(c, options_.idle_timeout_ms);
  Watch(c, EPOLLIN | EPOLLRDHUP);
}

// Without a descriptor to accept with, the listener would stay readable and
// this thread busy.
void Front::PauseAccepting(std::string_view why) {
  metrics_.CountRefusal("accept_failed");
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_->fd(), nullptr);
  const int64_t now_ns = NowNs();
  accept_again_ns_ = now_ns + kAcceptPauseMs * 1'000'000;
  if (pause_logged_ns_ != 0 && now_ns - pause_logged_ns_ < kPauseLogMs * 1'000'000) return;
  pause_logged_ns_ = now_ns;
  Log(LogLevel::kError, "cannot accept connections; raise the limit of open files (ulimit -n)",
      {{"error", why}, {"connections", connections_.size()}});
}

void Front::ResumeAccepting() {
  accept_again_ns_ = 0;
  if (listener_ != nullptr) AddToEpoll(epoll_, listener_->fd(), kListenerId, EPOLLIN);
}

void Front::Watch(Connection& c, uint32_t events) {
  if (events == c.watched) return;
  epoll_event event = {};
  event.events = events;
  event.data.u64 = c.id;
  const int op = c.watched == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
  ::epoll_ctl(epoll_, op, c.socket.fd(), &event);
  c.watched = events;
}

void Front::SetDeadlineMs(Connection& c, int64_t from_now_ms) {
  deadlines_.Set(c, NowNs() + from_now_ms * 1'000'000);
}

void Front::Close(Connection& c) {
  deadlines_.Set(c, 0);
  Release(c);
  connections_.erase(c.id);  // closing the descriptor takes it out of epoll
}

void Front::Linger(Connection& c) {
  Release(c);
  c.exchange.reset();
  c.in = std::string();
  c.phase = Phase::kLingering;
  c.socket.FinishWriting();
  SetDeadlineMs(c, draining_ ? kLingerWhileDrainingMs : kLingerMs);
  Watch(c, EPOLLIN);
}

void Front::DiscardInput(Connection& c) {
  size_t n = 0;
  if (c.socket.Read(scratch_.data(), scratch_.size(), n) == Socket::Result::kClosed) Close(c);
}

void Front::TakeBackReturned() {
  std::vector<Connection*> returned;
  {
    MutexLock lock(returned_mutex_);
    returned.swap(returned_);
  }
  for (Connection* c : returned) TakeBack(*c);
}

void Front::TakeBack(Connection& c) {
  const bool keep_alive = c.exchange->keep_alive && !draining_;
  if (!keep_alive) return Linger(c);
  BecomeIdle(c);
  Watch(c, EPOLLIN | EPOLLRDHUP);
  Advance(c);
}

void Front::ExpireDeadlines() {
  const int64_t now_ns = NowNs();
  while (const uint64_t id = deadlines_.Expired(now_ns)) Expire(*connections_.at(id));
  if (accept_again_ns_ != 0 && accept_again_ns_ <= now_ns) ResumeAccepting();
  if (drain_deadline_ns_ != 0 && drain_deadline_ns_ <= now_ns) CancelAll();
}

void Front::Expire(Connection& c) {
  if (c.phase == Phase::kHead) {
    Refuse(c, "head_timeout", 408, "the request's head took too long to arrive");
  } else if (c.phase == Phase::kBody) {
    Refuse(c, "body_timeout", 408, "the request's body took too long to arrive");
  } else {
    Close(c);
  }
}

// ---------------------------------------------------------------- stopping

void Front::StartDraining() {
  draining_ = true;
  drain_deadline_ns_ = NowNs() + options_.drain_timeout_ms * 1'000'000;
  accept_again_ns_ = 0;
  listener_.reset();
  std::vector<Connection*> idle;
  for (const auto& [id, c] : connections_) {
    if (c->phase == Phase::kIdle) idle.push_back(c.get());
  }
  for (Connection* c : idle) Close(*c);
}

void Front::CancelAll() {
  drain_deadline_ns_ = 0;
  std::vector<Connection*> unfinished;
  for (const auto& [id, c] : connections_) {
    if (c->phase == Phase::kWorking) {
      c->exchange->hung_up.Cancel();
      c->socket.Shutdown();
    } else {
      unfinished.push_back(c.get());
    }
  }
  for (Connection* c : unfinished) Close(*c);
}

}  // namespace tidemark::server
