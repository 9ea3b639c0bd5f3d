#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tsdb/storage_for_test.h"

namespace tidemark::tsdb {
namespace {

// Writers, readers and seals at once.  A reader must see, at every moment, all
// samples of a series up to the last one that was acknowledged before it asked.
TEST_F(StorageTest, ReadersSeeWhatWasAcknowledgedWhileSealsRun) {
  constexpr int kWriters = 3;
  constexpr int kCommits = 150;
  std::array<std::atomic<int>, kWriters> acknowledged{};
  std::atomic<int> running{kWriters};
  const auto write = [&](int writer) {
    for (int n = 0; n < kCommits; ++n) {
      const int64_t t = kNow + n * 600'000LL;
      Batch batch;
      for (int i = 0; i < 5; ++i) batch.emplace_back(SeriesLabels(writer * 10 + i), t, 1.0 * n);
      // A late one beside the first series' samples, and a duplicate.
      batch.emplace_back(SeriesLabels(writer * 10), t - 1'000'000'000, 1.0 * n);
      if (n > 0) batch.emplace_back(SeriesLabels(writer * 10 + 1), t - 600'000, n - 1.0);
      const auto report = Commit(batch);
      ASSERT_TRUE(report.ok()) << report.status();
      ASSERT_TRUE(report->conflicts.empty());
      acknowledged[static_cast<size_t>(writer)].store(n + 1);
    }
    running.fetch_sub(1);
  };
  const auto read = [&] {
    while (running.load() > 0) {
      for (size_t writer = 0; writer < kWriters; ++writer) {
        const int expected = acknowledged[writer].load();
        const auto got = ReadAll(*storage_, "default", kNow, kMax);
        ASSERT_TRUE(got.ok()) << got.status();
        const auto found = got->find(SeriesLabels(static_cast<int>(writer) * 10 + 2).packed());
        const size_t seen = found == got->end() ? 0 : found->second.size();
        ASSERT_GE(seen, static_cast<size_t>(expected));
      }
    }
  };
  const auto seal = [&] {
    while (running.load() > 0) ASSERT_TRUE(storage_->Flush().ok());
  };
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) threads.emplace_back(write, writer);
  threads.emplace_back(read);
  threads.emplace_back(seal);
  for (std::thread& thread : threads) thread.join();
  for (int writer = 0; writer < kWriters; ++writer) {
    for (int n = 0; n < kCommits; ++n) {
      const int64_t t = kNow + n * 600'000LL;
      for (int i = 0; i < 5; ++i) model_.Add(SeriesLabels(writer * 10 + i), t, 1.0 * n);
      model_.Add(SeriesLabels(writer * 10), t - 1'000'000'000, 1.0 * n);
    }
  }
  ExpectModel();
  Open();
  ExpectModel();
}

// Commits go on while shards are sealed one after the other.
TEST_F(StorageTest, SealsBesideCommitsLoseNothing) {
  std::atomic<bool> done = false;
  std::thread sealing([&] {
    while (!done) EXPECT_TRUE(storage_->Flush().ok());
  });
  for (int64_t t = kNow; t < kNow + 150'000; t += 1000) {
    Batch batch;
    for (int i = 0; i < 40; ++i) {
      // Some late, some in an earlier block, most in order.
      const int64_t late = (t / 1000 + i) % 10 == 0 ? 7'000 * i : 0;
      batch.emplace_back(SeriesLabels(i), t - late, static_cast<double>(t + i));
    }
    CommitToBoth(batch);
  }
  done = true;
  sealing.join();
  ExpectModel();
  Open();
  ExpectModel();
}

}  // namespace
}  // namespace tidemark::tsdb
