// Front: the one thread that holds all connections which nobody works on.
//
// It accepts, reads heads and bodies as they arrive, finds the route, and hands
// what is complete to the lane of the route; the answered connection comes back
// for its next request.  So an idle connection costs a descriptor and some
// hundred bytes, and a worker never waits for a slow sender.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "server/http/connection.h"
#include "server/http/cors.h"
#include "server/http/deadlines.h"
#include "server/http/http_metrics.h"
#include "server/http/http_options.h"
#include "server/http/listener.h"
#include "server/http/router.h"
#include "server/http/wakeup.h"
#include "server/http/worker_lane.h"
#include "tsdb/base/mutex.h"

namespace tidemark::server {

// Threads: Start and Stop from the owner's; Return from any; all else is the
// front's own.
// Ownership: what the constructor takes must outlive it.
class Front {
 public:
  Front(const HttpOptions& options, const Router& router, const Cors& cors, HttpMetrics& metrics);
  ~Front();

  // One WorkerLane for each Lane, in the order of the enum.
  using Lanes = std::array<WorkerLane*, 3>;
  Status Start(Listener listener, Lanes lanes);

  // Closes the listener and what is idle, waits until what is under way is
  // answered; past options.drain_timeout_ms cancels and waits for the handlers.
  void Stop();

  // A worker gives back a connection that it got from its lane.
  void Return(Connection& connection);

 private:
  void Run();
  int WaitMs() const;
  void OnEvent(uint64_t id, uint32_t events);
  bool Finished() const { return draining_ && connections_.empty(); }

  // Connections.
  void AcceptAll();
  void Admit(Socket socket, std::string remote_addr);
  void PauseAccepting(std::string_view why);
  void ResumeAccepting();
  void Watch(Connection& c, uint32_t events);
  void SetDeadlineMs(Connection& c, int64_t from_now_ms);
  void Close(Connection& c);
  void Linger(Connection& c);
  void DiscardInput(Connection& c);
  void TakeBackReturned();
  void TakeBack(Connection& c);
  void ExpireDeadlines();
  void Expire(Connection& c);

  // Requests: front_requests.cc.  Those that return bool say whether `c` can go
  // on with what it has; after false it may be closed and gone.
  void OnReadable(Connection& c);
  void OnHangUp(Connection& c);
  void Advance(Connection& c);
  bool Step(Connection& c);
  bool StepHead(Connection& c);
  bool AwaitRequest(Connection& c);
  bool AwaitMore(Connection& c);
  bool RefuseHead(Connection& c);
  bool StartRequest(Connection& c, size_t head_bytes);
  bool StartBody(Connection& c);
  bool StepBody(Connection& c);
  bool RefuseBody(Connection& c);

  // The budget for what is received and not answered yet: Charge counts what `c`
  // holds now, or says that there is no room for it.
  bool Charge(Connection& c);
  void Release(Connection& c);
  bool RefuseForMemory(Connection& c);

  bool Dispatch(Connection& c);
  void BecomeIdle(Connection& c);

  // Answers that need no handler; Refuse closes.
  bool AnswerWithoutHandler(Connection& c);
  bool Reply(Connection& c, int status, std::string_view text, HeaderList headers, bool keep_alive);
  bool Refuse(Connection& c, std::string_view reason, int status, std::string_view text,
              HeaderList headers = {});

  // Stopping.
  void StartDraining();
  void CancelAll();

  const HttpOptions options_;
  const Router& router_;
  const Cors& cors_;
  HttpMetrics& metrics_;
  Lanes lanes_ = {};
  std::unique_ptr<Listener> listener_;
  Wakeup wakeup_;
  int epoll_ = -1;
  std::thread thread_;

  std::unordered_map<uint64_t, std::unique_ptr<Connection>> connections_;
  uint64_t next_id_ = 2;  // 0 and 1 are the listener and the wakeup
  Deadlines deadlines_;
  int64_t accept_again_ns_ = 0;  // while accepting pauses
  int64_t pause_logged_ns_ = 0;
  size_t buffered_bytes_ = 0;
  std::vector<char> scratch_;

  std::atomic<bool> stop_asked_{false};
  bool draining_ = false;
  int64_t drain_deadline_ns_ = 0;

  Mutex returned_mutex_;
  std::vector<Connection*> returned_ ABSL_GUARDED_BY(returned_mutex_);
};

}  // namespace tidemark::server
