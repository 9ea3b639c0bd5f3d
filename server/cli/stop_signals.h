// StopSignals: SIGINT and SIGTERM as something to wait for.
//
//   const StopSignals signals;      // before any thread is started
//   ASSIGN_OR_RETURN(auto http, HttpServer::Start(…));
//   signals.Wait();
//   http->Stop();
//
// No code runs inside a signal handler: the signals stay blocked, in this thread
// and in those it starts, and Wait fetches one.
#pragma once

#include <pthread.h>

#include <csignal>

namespace tidemark::server {

// Threads: construct, wait and destroy on one thread; Stop on any.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();  // what was blocked before is as before
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Returns the signal that came, also if it came before.
  int Wait() const;

  // Has Wait return SIGTERM.  It is sent to the waiting thread, not to the process,
  // whose threads of before this object may not hold it back.
  void Stop() const;

 private:
  const pthread_t thread_ = pthread_self();
  sigset_t signals_;
  sigset_t before_;
};

}  // namespace tidemark::server
