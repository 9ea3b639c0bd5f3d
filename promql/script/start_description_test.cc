#include "promql/script/start_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::promql {
namespace {

using testing::ElementsAre;
using testing::Optional;

TEST(StartDescription, IsToldFromValues) {
  EXPECT_TRUE(IsStartDescription("x@st -1m"));
  EXPECT_TRUE(IsStartDescription("  x{a=\"b c\"}@st   -1m"));
  EXPECT_FALSE(IsStartDescription("x{a=\"@st\"} 1 2 3"));
  EXPECT_FALSE(IsStartDescription("x{a=\"} @st -1m\"} 1 2 3"));
}

TEST(StartDescription, Reads) {
  const auto d = ParseStartDescription("x{a=\"b\"}@st _ -30s-1mx2 _x2 0 -59999msx1 +1s+500msx1");
  ASSERT_TRUE(d.ok()) << d.status();
  EXPECT_EQ(d->labels, tsdb::Labels::Must({{"__name__", "x"}, {"a", "b"}}));
  const auto none = testing::Eq(std::nullopt);
  EXPECT_THAT(d->offsets,
              ElementsAre(none, Optional(-30'000), Optional(-90'000), Optional(-150'000), none,
                          none, Optional(0), Optional(-59'999), Optional(-59'999), Optional(1'000),
                          Optional(1'500)));
}

TEST(StartDescription, Refuses) {
  for (const char* line : {"x@st 1q", "x@st _+1mx3", "x@st -1m-x2", "x@st ten", "x{@st -1m",
                           "x@st -1mx1000000", "x@st _x99999999999"}) {
    SCOPED_TRACE(line);
    EXPECT_FALSE(ParseStartDescription(line).ok());
  }
}

}  // namespace
}  // namespace tidemark::promql
