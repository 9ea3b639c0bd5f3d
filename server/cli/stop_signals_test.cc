#include "server/cli/stop_signals.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <future>
#include <thread>

namespace tidemark::server {
namespace {

bool IsBlocked(int signal) {
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  return sigismember(&blocked, signal) == 1;
}

TEST(StopSignalsTest, WaitsForEitherSignal) {
  for (const int signal : {SIGINT, SIGTERM}) {
    SCOPED_TRACE(signal);
    const StopSignals signals;
    raise(signal);
    EXPECT_EQ(signals.Wait(), signal);
  }
}

TEST(StopSignalsTest, ThreadsStartedLaterAreNotInterrupted) {
  const StopSignals signals;
  bool blocked = false;
  std::thread([&] { blocked = IsBlocked(SIGTERM) && IsBlocked(SIGINT); }).join();
  EXPECT_TRUE(blocked);
}

TEST(StopSignalsTest, StopEndsTheWaitAndNoOlderThread) {
  std::promise<void> done;
  // Holds nothing back: a signal of the process's could end up here, and end it.
  std::thread older([finished = done.get_future()] { finished.wait(); });
  for (int i = 0; i < 20; ++i) {
    const StopSignals signals;
    std::thread stopper([&] { signals.Stop(); });
    EXPECT_EQ(signals.Wait(), SIGTERM);
    stopper.join();
  }
  done.set_value();
  older.join();
}

TEST(StopSignalsTest, LeavesTheMaskAsItWas) {
  const bool before = IsBlocked(SIGTERM);
  { const StopSignals signals; }
  EXPECT_EQ(IsBlocked(SIGTERM), before);
  EXPECT_FALSE(before);
}

}  // namespace
}  // namespace tidemark::server
