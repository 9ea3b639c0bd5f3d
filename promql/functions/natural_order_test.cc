#include "promql/functions/natural_order.h"

#include <gtest/gtest.h>

namespace tidemark::promql {
namespace {

TEST(NaturalOrderTest, DigitsCompareAsNumbers) {
  const struct {
    const char* first;
    const char* second;
  } cases[] = {
      {"item2", "item10"},
      {"item9b", "item10a"},
      {"2", "10"},
      {"a", "b"},
      {"a", "a1"},
      {"", "a"},
      {"1", "a"},
      {"4.9.2", "4.10.1"},
      // Too long for a number: as text, where 1 is before 9.
      {"10000000000000000000000", "9999999999999999999999"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.first);
    EXPECT_TRUE(NaturalLess(c.first, c.second));
    EXPECT_FALSE(NaturalLess(c.second, c.first));
  }
}

}  // namespace
}  // namespace tidemark::promql
