#include "server/http/deadlines.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

TEST(Deadlines, GivesTheEarliestAndForgetsWhatIsReplaced) {
  Deadlines deadlines;
  Connection a, b;
  a.id = 7;
  b.id = 8;
  EXPECT_EQ(deadlines.next_ns(), 0);
  EXPECT_EQ(deadlines.Expired(1'000), 0u);
  deadlines.Set(a, 300);
  deadlines.Set(b, 200);
  EXPECT_EQ(deadlines.next_ns(), 200);
  EXPECT_EQ(deadlines.Expired(199), 0u);
  EXPECT_EQ(deadlines.Expired(200), 8u);
  deadlines.Set(b, 400);
  EXPECT_EQ(deadlines.Expired(399), 7u);
  deadlines.Set(a, 0);
  EXPECT_EQ(deadlines.Expired(399), 0u);
  EXPECT_EQ(deadlines.next_ns(), 400);
  deadlines.Set(b, 0);
  EXPECT_EQ(deadlines.next_ns(), 0);
}

}  // namespace
}  // namespace tidemark::server
