#include "server/own_metrics/process_stats.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>

namespace tidemark::server {
namespace {

TEST(ProcStat, ReadsPastAnyName) {
  const std::string tail =
      " S 1 2 3 4 5 6 7 8 9 10 100 50 0 0 20 0 4 0 123456 1000000 250 18446744073709551615 1\n";
  for (const std::string name : {"tidemark", "a b", "x) S 1 (y", "()"}) {
    SCOPED_TRACE(name);
    const auto stat = ParseProcStat("42 (" + name + ")" + tail);
    ASSERT_TRUE(stat.has_value());
    EXPECT_EQ(stat->cpu_ticks, 150);
    EXPECT_EQ(stat->start_ticks, 123456);
    EXPECT_EQ(stat->virtual_bytes, 1'000'000);
    EXPECT_EQ(stat->resident_pages, 250);
  }
}

TEST(ProcStat, RefusesWhatIsCutOff) {
  for (const std::string_view text : {"", "42", "42 (a)", "42 (a) S 1 2 3", "42 (a) S x"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ParseProcStat(text).has_value());
  }
}

TEST(ProcessStats, AreOfThisProcess) {
  const ProcessStats stats = ReadProcessStats();
  EXPECT_GT(stats.resident_bytes, 1 << 20);
  EXPECT_GE(stats.virtual_bytes, stats.resident_bytes);
  EXPECT_GT(stats.start_time_seconds, 1.5e9);
  EXPECT_LE(stats.start_time_seconds, static_cast<double>(std::time(nullptr)) + 1);
  EXPECT_GE(CountOpenFiles(), 3);
  EXPECT_LE(CountOpenFiles(), MaxOpenFiles());
}

}  // namespace
}  // namespace tidemark::server
