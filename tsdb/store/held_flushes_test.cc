#include "tsdb/store/held_flushes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <vector>

namespace tidemark::tsdb {
namespace {

using Priority = rocksdb::Env::Priority;

// An Env that keeps what it is given to do.
class KeepingEnv : public rocksdb::EnvWrapper {
 public:
  struct Job {
    void (*function)(void* arg);
    void* arg;
    Priority priority;
    void (*unscheduled)(void* arg);
  };

  KeepingEnv() : EnvWrapper(Env::Default()) {}

  const char* Name() const override { return "keeping"; }
  void Schedule(void (*function)(void* arg), void* arg, Priority priority, void*,
                void (*unscheduled)(void* arg)) override {
    jobs.push_back({function, arg, priority, unscheduled});
  }

  std::vector<Job> jobs;
};

class HeldFlushesTest : public testing::Test {
 protected:
  static void Count(void* counter) { ++*static_cast<int*>(counter); }

  void Schedule(Priority priority) {
    held_.Schedule(&Count, &run_, priority, nullptr, &CountUnscheduled);
  }
  static void CountUnscheduled(void* counter) { *static_cast<int*>(counter) -= 1000; }

  // Runs the last one that was scheduled, on a thread of its own.
  std::future<void> Start() {
    const KeepingEnv::Job job = base_->jobs.back();
    return std::async(std::launch::async, job.function, job.arg);
  }

  void Fail(rocksdb::Status error) {
    watch_->OnBackgroundError(rocksdb::BackgroundErrorReason::kFlush, &error);
  }

  Metrics metrics_;
  const std::shared_ptr<RocksWatch> watch_ = std::make_shared<RocksWatch>(metrics_);
  const std::shared_ptr<KeepingEnv> base_ = std::make_shared<KeepingEnv>();
  HeldFlushes held_{base_, watch_};
  int run_ = 0;
};

bool Waits(const std::future<void>& job) {
  return job.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout;
}

TEST_F(HeldFlushesTest, WithoutAnIoErrorNothingWaits) {
  const struct {
    const char* name;
    std::optional<rocksdb::Status> error;
  } cases[] = {
      {"no error", std::nullopt},
      {"a full disk, out of which RocksDB gets by itself", rocksdb::Status::NoSpace("full")},
      {"damage", rocksdb::Status::Corruption("block")},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    run_ = 0;
    if (c.error) Fail(*c.error);
    Schedule(Priority::HIGH);
    EXPECT_EQ(base_->jobs.back().priority, Priority::HIGH);
    Start().get();
    EXPECT_EQ(run_, 1);
  }
}

TEST_F(HeldFlushesTest, AfterAnIoErrorOnlyFlushesWait) {
  Fail(rocksdb::Status::IOError("sync"));
  Schedule(Priority::LOW);
  Start().get();
  EXPECT_EQ(run_, 1);

  Schedule(Priority::HIGH);
  const std::future<void> flush = Start();
  EXPECT_TRUE(Waits(flush));
  watch_->NoteResumed(watch_->errors_seen());
  held_.SetResuming(false);
  flush.wait();
  EXPECT_EQ(run_, 2);
}

// A resumption flushes, and waits for that.
TEST_F(HeldFlushesTest, AResumptionLetsThemThrough) {
  Fail(rocksdb::Status::IOError("sync"));
  Schedule(Priority::HIGH);
  const std::future<void> flush = Start();
  EXPECT_TRUE(Waits(flush));
  held_.SetResuming(true);
  flush.wait();
  EXPECT_EQ(run_, 1);
  EXPECT_TRUE(watch_->must_resume());
}

TEST_F(HeldFlushesTest, AfterOneThatFailedTheyWaitAgain) {
  Fail(rocksdb::Status::IOError("sync"));
  const uint64_t seen = watch_->errors_seen();
  held_.SetResuming(true);
  Fail(rocksdb::Status::IOError("sync again"));
  watch_->NoteResumed(seen);
  held_.SetResuming(false);
  Schedule(Priority::HIGH);
  const std::future<void> flush = Start();
  EXPECT_TRUE(Waits(flush));
  held_.ReleaseAll();
  flush.wait();
  EXPECT_EQ(run_, 1);
}

TEST_F(HeldFlushesTest, AClosingDatabaseWaitsForNone) {
  Fail(rocksdb::Status::IOError("sync"));
  Schedule(Priority::HIGH);
  const std::future<void> flush = Start();
  held_.ReleaseAll();
  flush.wait();
  Schedule(Priority::HIGH);
  Start().get();
  EXPECT_EQ(run_, 2);
}

TEST_F(HeldFlushesTest, OneThatIsTakenBackIsSaidToItsOwner) {
  Fail(rocksdb::Status::IOError("sync"));
  Schedule(Priority::HIGH);
  const KeepingEnv::Job job = base_->jobs.back();
  job.unscheduled(job.arg);
  EXPECT_EQ(run_, -1000);
  held_.Schedule(&Count, &run_, Priority::HIGH, nullptr, nullptr);
  base_->jobs.back().unscheduled(base_->jobs.back().arg);
  EXPECT_EQ(run_, -1000);
}

}  // namespace
}  // namespace tidemark::tsdb
