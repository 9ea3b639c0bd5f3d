#include "server/admission/label_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tidemark::server {
namespace {

using testing::HasSubstr;

constexpr std::string_view kSchema = R"(
version: 7
rules:
  - metric: http_.*
    mode: reject
    allowed_labels: [job, code, path, region]
    required_labels: [job]
    values:
      code: {pattern: "[1-5].."}
      region: {list: [eu, us]}
    max_value_bytes: 20
    deny_values: [".*@.*"]
    deny_card_numbers: true
  - metric: http_requests_total
    allowed_labels: []
  - metric: queue_.*
    allowed_labels: [job]
tenants:
  acme: [{metric: ".*", mode: reject, required_labels: [team]}]
)";

using Views = std::vector<proto::LabelView>;

TEST(LabelSchemaTest, TheFirstRuleOfAMetricDecides) {
  const auto schema = LabelSchema::Parse(kSchema, "schema.yml");
  ASSERT_TRUE(schema.ok()) << schema.status();
  EXPECT_EQ(schema->version(), 7u);
  EXPECT_EQ(schema->rules(), 4u);
  constexpr Refusal kNone = Refusal::kCount;
  const struct {
    const char* name;
    const char* tenant;
    Views labels;
    Refusal reason;
    const char* label;
  } cases[] = {
      {"fine", "default", {{"__name__", "http_x"}, {"job", "a"}, {"code", "200"}}, kNone, ""},
      {"no rule", "default", {{"__name__", "other"}, {"user_id", "1"}}, kNone, ""},
      {"not a whole match", "default", {{"__name__", "my_http_x"}, {"user_id", "1"}}, kNone, ""},
      {"le is of the type",
       "default",
       {{"__name__", "http_b"}, {"job", "a"}, {"le", "1"}},
       kNone,
       ""},
      {"label",
       "default",
       {{"__name__", "http_x"}, {"job", "a"}, {"user_id", "1"}},
       Refusal::kLabelNotAllowed,
       "user_id"},
      {"an empty value is none",
       "default",
       {{"__name__", "http_x"}, {"job", "a"}, {"user_id", ""}},
       kNone,
       ""},
      {"missing",
       "default",
       {{"__name__", "http_x"}, {"code", "200"}},
       Refusal::kLabelMissing,
       "job"},
      {"empty is missing",
       "default",
       {{"__name__", "http_x"}, {"job", ""}},
       Refusal::kLabelMissing,
       "job"},
      {"pattern",
       "default",
       {{"__name__", "http_x"}, {"job", "a"}, {"code", "2000"}},
       Refusal::kValueNotAllowed,
       "code"},
      {"list",
       "default",
       {{"__name__", "http_x"}, {"job", "a"}, {"region", "mars"}},
       Refusal::kValueNotAllowed,
       "region"},
      {"long",
       "default",
       {{"__name__", "http_x"}, {"job", "a23456789012345678901"}},
       Refusal::kValueTooLong,
       "job"},
      {"denied", "default", {{"__name__", "http_x"}, {"job", "a@b"}}, Refusal::kValueDenied, "job"},
      {"card",
       "default",
       {{"__name__", "http_x"}, {"path", "4111111111111111"}},
       Refusal::kCardNumber,
       "path"},
      {"a tenant's own",
       "acme",
       {{"__name__", "http_x"}, {"user_id", "1"}},
       Refusal::kLabelMissing,
       "team"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto refusal = schema->Check(c.tenant, c.labels);
    ASSERT_EQ(refusal.has_value(), c.reason != kNone);
    if (!refusal) continue;
    EXPECT_EQ(refusal->reason, c.reason);
    EXPECT_EQ(refusal->label, c.label);
    EXPECT_FALSE(refusal->observed);
  }
}

TEST(LabelSchemaTest, DenialsAreOfExemplarsToo) {
  const auto schema = LabelSchema::Parse(kSchema, "schema.yml");
  ASSERT_TRUE(schema.ok()) << schema.status();
  const Views series = {{"__name__", "http_x"}, {"job", "a"}};
  const auto check = [&](const Views& labels) {
    return schema->CheckExemplar("default", series, labels);
  };
  EXPECT_FALSE(check({{"trace_id", "a-long-one-of-32-characters-00000"}}).has_value());
  EXPECT_EQ(check({{"pan", "4111111111111111"}})->reason, Refusal::kCardNumber);
  EXPECT_EQ(check({{"mail", "a@b"}})->reason, Refusal::kValueDenied);
  EXPECT_FALSE(schema->CheckExemplar("default", Views{{"__name__", "x"}}, Views{{"mail", "a@b"}}));
}

TEST(LabelSchemaTest, ObserveIsTheDefault) {
  const auto schema = LabelSchema::Parse(kSchema, "schema.yml");
  ASSERT_TRUE(schema.ok()) << schema.status();
  const Views labels = {{"__name__", "queue_x"}, {"user_id", "1"}};
  EXPECT_TRUE(schema->Check("default", labels)->observed);
}

TEST(LabelSchemaTest, DetailsHaveNoCardNumbers) {
  const auto schema = LabelSchema::Parse("rules: [{metric: '.*', deny_card_numbers: true}]", "s");
  ASSERT_TRUE(schema.ok()) << schema.status();
  const Views labels = {{"__name__", "x"}, {"4111111111111111", "4111111111111111"}};
  const auto refusal = schema->Check("default", labels);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->detail, "label ***, rule .*");
}

TEST(LabelSchemaTest, AggregatesLabelsAwayAndChecksTheOthers) {
  const auto schema = LabelSchema::Parse(
      "rules:\n"
      "  - {metric: dropped, mode: aggregate, drop_labels: [user], gauges: max,\n"
      "     deny_card_numbers: true, required_labels: [job]}\n"
      "  - {metric: kept, mode: aggregate, allowed_labels: [job, pod], drop_labels: [pod],\n"
      "     counters: true}\n",
      "s.yml");
  ASSERT_TRUE(schema.ok()) << schema.status();
  const std::string card = "4111111111111111";
  const struct {
    const char* name;
    std::vector<proto::LabelView> labels;
    std::optional<Refusal> refused;
    bool only_if_owned;
    const char* output;
  } cases[] = {
      {"a value that is not kept may be anything",
       {{"__name__", "dropped"}, {"job", "a"}, {"user", card}},
       {},
       false,
       "{__name__=\"dropped\", job=\"a\"}"},
      {"nothing to drop",
       {{"__name__", "dropped"}, {"job", "a"}, {"user", ""}},
       {},
       true,
       "{__name__=\"dropped\", job=\"a\"}"},
      {"other labels are checked",
       {{"__name__", "dropped"}, {"job", card}, {"user", "1"}},
       Refusal::kCardNumber,
       false,
       ""},
      {"required", {{"__name__", "dropped"}, {"user", "1"}}, Refusal::kLabelMissing, false, ""},
      {"allowed, but for what is dropped",
       {{"__name__", "kept"}, {"job", "a"}, {"pod", "p"}, {"zone", "z"}},
       {},
       false,
       "{__name__=\"kept\", job=\"a\"}"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto verdict = schema->Check("default", c.labels);
    ASSERT_TRUE(verdict.has_value());
    EXPECT_EQ(verdict->fold == nullptr, c.refused.has_value());
    if (c.refused) {
      EXPECT_EQ(verdict->reason, *c.refused);
      EXPECT_FALSE(verdict->observed);
      continue;
    }
    EXPECT_EQ(verdict->only_if_owned, c.only_if_owned);
    std::vector<tsdb::LabelView> views;
    for (const proto::LabelView& l : c.labels) views.push_back({l.name, l.value});
    const auto labels = tsdb::Labels::FromViews(views);
    EXPECT_EQ(verdict->fold->Output(*labels).ToString(), c.output);
  }
  const std::vector<proto::LabelView> gauge = {{"__name__", "dropped"}, {"job", "a"}};
  EXPECT_EQ(schema->Check("default", gauge)->fold->FunctionOf("dropped"), FoldFunction::kMax);
}

TEST(LabelSchemaTest, ErrorsNameTheLineAndWhatToWrite) {
  constexpr struct {
    const char* yaml;
    const char* error;
  } kCases[] = {
      {"rules:\n  - metric: x\n    allowed_label: [a]",
       "s.yml:3: unknown key allowed_label; the nearest known is allowed_labels"},
      {"rules:\n  - mode: reject", "s.yml:2: a rule needs a metric"},
      {"rules:\n  - metric: 'x('", "s.yml:2: bad pattern: missing )"},
      {"rules:\n  - metric: x\n    mode: aggregate",
       "s.yml:2: mode: aggregate needs drop_labels or allowed_labels"},
      {"rules:\n  - metric: x\n    drop_labels: [user]",
       "s.yml:2: drop_labels, gauges and counters need mode: aggregate"},
      {"rules:\n  - metric: x\n    mode: aggregate\n    drop_labels: [le]",
       "s.yml:4: drop_labels: le tells apart what must not be added up"},
      {"rules:\n  - metric: x\n    mode: aggregate\n    gauges: increase",
       "s.yml:4: gauges: expected sum, avg, min, max or last, got \"increase\""},
      {"rules:\n  - metric: x\n    mode: drop",
       "s.yml:3: mode: expected observe, reject or aggregate, got \"drop\""},
      {"rules:\n  - metric: x\n    max_value_bytes: many", "s.yml:3: "},
      {"rules:\n  - metric: x\n    allowed_labels: job", "s.yml:3: expected a list"},
      {"rules: 5", "s.yml:1: expected a list of rules"},
      {"[", "s.yml:"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.yaml);
    const auto schema = LabelSchema::Parse(c.yaml, "s.yml");
    ASSERT_FALSE(schema.ok());
    EXPECT_EQ(schema.status().code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(MessageOf(schema.status())), HasSubstr(c.error));
  }
  EXPECT_EQ(LabelSchema::Load("/nowhere/schema.yml").status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace tidemark::server
