#include "server/ingest/refusals.h"

#include <gtest/gtest.h>

#include <vector>

namespace tidemark::server {
namespace {

using Views = std::vector<proto::LabelView>;

TEST(RefusalsTest, CountsByReasonWithTheFirstExample) {
  Refusals refusals;
  EXPECT_TRUE(refusals.empty());
  refusals.Add(Refusal::kTooOld, 3, Views{{"__name__", "up"}}, "older than 90d");
  refusals.Add(Refusal::kNoMetricName, 1, Views{{"job", "api"}});
  refusals.Add(Refusal::kTooOld, 2, Views{{"__name__", "down"}});
  EXPECT_EQ(refusals.total(), 6u);
  EXPECT_EQ(refusals.count(Refusal::kTooOld), 5u);
  EXPECT_EQ(refusals.ToString(),
            "1 x no metric name (e.g. {job=\"api\"}), "
            "5 x older than storage.retention.raw (e.g. {__name__=\"up\"}: older than 90d)");
}

TEST(RefusalsTest, EveryReasonHasItsNames) {
  for (size_t i = 0; i < kRefusalCount; ++i) {
    EXPECT_FALSE(RefusalLabel(static_cast<Refusal>(i)).empty());
    EXPECT_FALSE(RefusalText(static_cast<Refusal>(i)).empty());
    EXPECT_EQ(RefusalLabel(static_cast<Refusal>(i)).find(' '), std::string_view::npos);
  }
}

TEST(MaskedLabelsTest, MasksLongRunsOfDigits) {
  const struct {
    const char* name;
    std::string value;
    const char* shown;
  } kCases[] = {
      {"a card number", "4111111111111111", R"({a="***"})"},
      {"with dashes", "pan=4111-1111-1111-1111.", R"({a="pan=***."})"},
      {"with spaces", "4111 1111 1111 1111", R"({a="***"})"},
      {"two of them", "4111111111111111,5500000000000004", R"({a="***,***"})"},
      {"a code", "code 404", R"({a="code 404"})"},
      {"an address", "10.20.30.40:9100", R"({a="10.20.30.40:9100"})"},
      {"eleven digits", "12345678901", R"({a="12345678901"})"},
      {"a number at the cut", std::string(36, 'x') + "4111111111111111",
       R"({a="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx***"})"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(MaskedLabels(Views{{"a", c.value}}), c.shown);
  }
}

TEST(MaskedLabelsTest, MasksNamesToo) {
  EXPECT_EQ(MaskedLabels(Views{{"c4111111111111111", "x"}}), R"({"c***"="x"})");
}

TEST(MaskedLabelsTest, IsBounded) {
  const std::string huge(100'000, '\xff');
  const Views views(1000, {huge, huge});
  const std::string shown = MaskedLabels(views);
  EXPECT_LE(shown.size(), 600u);
  EXPECT_NE(shown.find("..."), std::string::npos);
}

}  // namespace
}  // namespace tidemark::server
