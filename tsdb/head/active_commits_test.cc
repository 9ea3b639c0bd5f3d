#include "tsdb/head/active_commits.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

namespace tidemark::tsdb {
namespace {

TEST(ActiveCommitsTest, WaitsForEarlierOnesOnly) {
  ActiveCommits commits;
  commits.AwaitEarlier();
  std::optional<ActiveCommits::Guard> earlier(std::in_place, commits);
  std::atomic<bool> waited{false};
  std::thread waiter([&] {
    commits.AwaitEarlier();
    waited.store(true);
  });
  { const ActiveCommits::Guard other(commits); }
  EXPECT_FALSE(waited.load());
  earlier.reset();
  waiter.join();
  EXPECT_TRUE(waited.load());
}

// What the evictor relies on: an object that was unlinked is used by nobody
// after AwaitEarlier.
TEST(ActiveCommitsTest, NothingUnlinkedIsUsed) {
  constexpr int kRounds = 300;
  ActiveCommits commits;
  std::atomic<int*> linked{new int(0)};
  std::atomic<bool> done{false};
  std::vector<std::thread> users;
  for (int i = 0; i < 3; ++i) {
    users.emplace_back([&] {
      while (!done.load()) {
        const ActiveCommits::Guard guard(commits);
        ASSERT_GE(*linked.load(), 0);
      }
    });
  }
  for (int round = 0; round < kRounds; ++round) {
    int* const old = linked.exchange(new int(round));
    commits.AwaitEarlier();
    *old = -1;
    delete old;
  }
  done.store(true);
  for (std::thread& user : users) user.join();
  delete linked.load();
}

TEST(ActiveCommitsTest, NoneRunsInAPause) {
  ActiveCommits commits;
  std::atomic<int> running{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> users;
  for (int i = 0; i < 3; ++i) {
    users.emplace_back([&] {
      while (!done.load()) {
        const ActiveCommits::Guard guard(commits);
        running.fetch_add(1);
        running.fetch_sub(1);
      }
    });
  }
  for (int round = 0; round < 200; ++round) {
    const ActiveCommits::Pause pause(commits);
    ASSERT_EQ(running.load(), 0);
  }
  done.store(true);
  for (std::thread& user : users) user.join();
}

}  // namespace
}  // namespace tidemark::tsdb
