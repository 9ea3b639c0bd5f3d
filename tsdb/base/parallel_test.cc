#include "tsdb/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace tidemark {
namespace {

TEST(Parallel, EveryPartRunsOnce) {
  for (const size_t parts : {0, 1, 2, 7}) {
    SCOPED_TRACE(parts);
    std::vector<std::atomic<int>> runs(parts);
    RunOnThreads(parts, [&runs](size_t i) { ++runs[i]; });
    for (const auto& count : runs) EXPECT_EQ(count, 1);
  }
}

TEST(Parallel, ThreadsAreBounded) {
  EXPECT_EQ(UsefulThreads(1), 1u);
  EXPECT_GE(UsefulThreads(64), 1u);
  EXPECT_LE(UsefulThreads(64), 64u);
}

}  // namespace
}  // namespace tidemark
