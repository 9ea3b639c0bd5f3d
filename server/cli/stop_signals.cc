#include "server/cli/stop_signals.h"

#include "tsdb/base/check.h"

namespace tidemark::server {

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  CHECK(pthread_sigmask(SIG_BLOCK, &signals_, &before_) == 0, "signals that cannot be blocked");
}

StopSignals::~StopSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

int StopSignals::Wait() const {
  int signal = 0;
  CHECK(sigwait(&signals_, &signal) == 0, "signals that cannot be waited for");
  return signal;
}

void StopSignals::Stop() const {
  CHECK(pthread_kill(thread_, SIGTERM) == 0, "the waiting thread cannot be signalled");
}

}  // namespace tidemark::server
