#include "tsdb/base/log.h"

#include <gtest/gtest.h>

namespace tidemark {
namespace {

TEST(LogTest, OneLogfmtLineQuotedWhereNeeded) {
  EXPECT_EQ(FormatLogLine(1767225600123, LogLevel::kWarn, "two words",
                          {{"n", 17}, {"path", "a=b"}, {"plain", "x"}, {"empty", ""}}),
            "time=2026-01-01T00:00:00.123Z level=WARN msg=\"two words\" n=17 path=\"a=b\" plain=x "
            "empty=\"\"");
}

TEST(LogTest, AValueCannotForgeAnotherLine) {
  EXPECT_EQ(FormatLogLine(0, LogLevel::kInfo, "m", {{"k", "a\nlevel=ERROR \x01\""}}),
            "time=1970-01-01T00:00:00.000Z level=INFO msg=m k=\"a\\nlevel=ERROR \\x01\\\"\"");
}

}  // namespace
}  // namespace tidemark
