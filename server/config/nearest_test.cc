#include "server/config/nearest.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string_view> known = {"server.listen", "storage.path", "storage.memory",
                                               "query.timeout"};
  struct Case {
    std::string_view name, nearest;
  };
  const Case cases[] = {
      {"server.listn", "server.listen"},   {"srever.listen", "server.listen"},
      {"storage.pth", "storage.path"},     {"memory", "storage.memory"},
      {"query.time_out", "query.timeout"}, {"storage.path", "storage.path"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Nearest(c.name, known), c.nearest);
  }
  EXPECT_EQ(Nearest("", {"ab", "a", "b"}), "a");
}

}  // namespace
}  // namespace tidemark::server
