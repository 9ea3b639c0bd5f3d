#include "server/ingest/conflict_log.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

TEST(ConflictLog, OneLineInTenSeconds) {
  FakeClock clock(1'700'000'000'000);
  ConflictLog log(clock);
  int described = 0;
  const auto describe = [&described](tsdb::SeriesRef) {
    ++described;
    return std::string("{a=\"1\"}");
  };
  tsdb::CommitReport none;
  EXPECT_FALSE(log.Note("acme", none, describe));
  tsdb::CommitReport conflicts;
  conflicts.conflicts = {{3, 1000}, {4, 1000}};
  EXPECT_TRUE(log.Note("acme", conflicts, describe));
  EXPECT_FALSE(log.Note("acme", conflicts, describe));
  clock.Advance(9'999);
  EXPECT_FALSE(log.Note("acme", conflicts, describe));
  clock.Advance(1);
  EXPECT_TRUE(log.Note("acme", conflicts, describe));
  EXPECT_EQ(described, 2);
  clock.Advance(10'000);
  tsdb::CommitReport replaced;
  replaced.replaced = 7;
  EXPECT_TRUE(log.Note("acme", replaced, describe));
  EXPECT_EQ(described, 2);
}

}  // namespace
}  // namespace tidemark::server
