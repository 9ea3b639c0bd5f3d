#include "server/admission/schema_policy.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/raw_labels.h"

namespace tidemark::server {
namespace {

TEST(SchemaPolicyTest, DecidesTheSameEachTime) {
  auto schema = LabelSchema::Parse(
      "rules: [{metric: m, mode: reject, allowed_labels: [a]}]\n"
      "tenants: {acme: []}",
      "s.yml");
  ASSERT_TRUE(schema.ok()) << schema.status();
  SchemaPolicy policy(*std::move(schema));
  proto::ByteArena arena;
  const proto::LabelView good[] = {{"__name__", "m"}, {"a", "1"}};
  const proto::LabelView bad[] = {{"__name__", "m"}, {"b", "1"}};
  const std::string_view raw_good = proto::WriteRawLabels(good, arena);
  const std::string_view raw_bad = proto::WriteRawLabels(bad, arena);
  for (int round = 0; round < 3; ++round) {
    SCOPED_TRACE(round);
    EXPECT_FALSE(policy.Check({{"acme", ""}, raw_bad, {}}).has_value());
    EXPECT_FALSE(policy.Check({{"default", ""}, raw_good, {}}).has_value());
    EXPECT_TRUE(policy.Check({{"default", ""}, raw_bad, {}}).has_value());
    EXPECT_FALSE(policy.Check({{"default", ""}, {}, good}).has_value());
    EXPECT_TRUE(policy.Check({{"default", ""}, {}, bad}).has_value());
  }
}

}  // namespace
}  // namespace tidemark::server
