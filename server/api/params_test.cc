#include "server/api/params.h"

#include <gtest/gtest.h>

#include <optional>

namespace tidemark::server {
namespace {

HttpRequest With(std::string name, std::string value) {
  HttpRequest request;
  request.params.emplace_back(std::move(name), std::move(value));
  return request;
}

TEST(ParamsTest, Times) {
  const struct {
    const char* text;
    std::optional<int64_t> ms;
  } kCases[] = {
      {"1435781451.781", 1435781451781},
      {"1435781430", 1435781430000},
      {"0", 0},
      {"-1.5", -1500},
      {"1e3", 1'000'000},
      {"0.0004", 0},
      {"0.0006", 1},
      {"1700000000.123", 1700000000123},
      {"2015-07-01T20:10:51.781Z", 1435781451781},
      {"2015-07-01T20:10:51Z", 1435781451000},
      {"2015-07-01T20:10:51.7819999Z", 1435781451781},
      {"2015-07-01T22:10:51.7+02:00", 1435781451700},
      {"2015-07-01T14:40:51-05:30", 1435781451000},
      {"1969-12-31T23:59:59.5Z", -500},
      {"2024-02-29T00:00:00Z", 1709164800000},
      {"-292273086-05-16T16:47:06Z", kMinTimeMs},
      {"292277025-08-18T07:12:54.999999999Z", kMaxTimeMs},
      {"", {}},
      {"yesterday", {}},
      {"NaN", {}},
      {"Inf", {}},
      {"1e30", {}},
      {"1435781430 ", {}},
      {"2015-07-01", {}},
      {"2015-07-01T20:10:51", {}},
      {"2015-07-01T20:10:51.Z", {}},
      {"2015-07-01 20:10:51Z", {}},
      {"2015-02-29T20:10:51Z", {}},
      {"2015-13-01T20:10:51Z", {}},
      {"2015-07-01T24:00:00Z", {}},
      {"2015-07-01T20:60:00Z", {}},
      {"2015-07-01T20:10:51Zx", {}},
      {"2015-07-01T20:10:51+2:00", {}},
      {"2015-07-01T20:10:51+24:00", {}},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.text);
    const StatusOr<int64_t> time = ParseTime(c.text);
    ASSERT_EQ(time.ok(), c.ms.has_value());
    if (time.ok()) {
      EXPECT_EQ(*time, *c.ms);
    } else {
      EXPECT_EQ(MessageOf(time.status()),
                "cannot parse \"" + std::string(c.text) + "\" to a valid timestamp");
    }
  }
}

TEST(ParamsTest, TimeParameters) {
  EXPECT_EQ(MessageOf(RequiredTime(With("start", "x"), "start").status()),
            "invalid parameter \"start\": cannot parse \"x\" to a valid timestamp");
  EXPECT_EQ(MessageOf(RequiredTime({}, "start").status()),
            "invalid parameter \"start\": cannot parse \"\" to a valid timestamp");
  EXPECT_EQ(*OptionalTime({}, "time", 7), 7);
  EXPECT_EQ(*OptionalTime(With("time", "1"), "time", 7), 1000);
  EXPECT_EQ(MessageOf(OptionalTime(With("time", "x"), "time", 7).status()),
            "invalid parameter \"time\": invalid time value for 'time': cannot parse \"x\" to a "
            "valid timestamp");
}

TEST(ParamsTest, Durations) {
  const struct {
    const char* text;
    int64_t ms;
  } kCases[] = {
      {"15", 15'000}, {"0.5", 500}, {"1h30m", 5'400'000}, {"-1", -1000}, {"1d", 86'400'000}};
  for (const auto& c : kCases) EXPECT_EQ(*RequiredDurationMs(With("step", c.text), "step"), c.ms);
  EXPECT_EQ(MessageOf(RequiredDurationMs(With("step", "x"), "step").status()),
            "invalid parameter \"step\": cannot parse \"x\" to a valid duration");
  EXPECT_EQ(MessageOf(RequiredDurationMs(With("step", "1e20"), "step").status()),
            "invalid parameter \"step\": cannot parse \"1e20\" to a valid duration. It overflows "
            "int64");
  EXPECT_EQ(*OptionalDurationMs({}, "timeout", 9), 9);
}

TEST(ParamsTest, Limits) {
  EXPECT_EQ(*Limit({}), 0u);
  EXPECT_EQ(*Limit(With("limit", "0")), 0u);
  EXPECT_EQ(*Limit(With("limit", "+10")), 10u);
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"x", "strconv.Atoi: parsing \"x\": invalid syntax"},
      {"1.5", "strconv.Atoi: parsing \"1.5\": invalid syntax"},
      {"+-1", "strconv.Atoi: parsing \"+-1\": invalid syntax"},
      {"+", "strconv.Atoi: parsing \"+\": invalid syntax"},
      {"9223372036854775808", "strconv.Atoi: parsing \"9223372036854775808\": value out of range"},
      {"-1", "limit must be non-negative"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(MessageOf(Limit(With("limit", c.text)).status()),
              std::string("invalid parameter \"limit\": ") + c.error);
  }
}

TEST(ParamsTest, Matchers) {
  HttpRequest request = With("match[]", "up{job=\"api\"}");
  request.params.emplace_back("match[]", "{__name__=~\"a.*b\"}");
  const StatusOr<MatcherSets> sets = ParseMatchers(request);
  ASSERT_TRUE(sets.ok()) << sets.status();
  ASSERT_EQ(sets->size(), 2u);
  EXPECT_EQ((*sets)[0].size(), 2u);
  EXPECT_TRUE(ParseMatchers({})->empty());
  EXPECT_EQ(MessageOf(ParseMatchers(With("match[]", "{job=~\".*\"}")).status()),
            "match[] must contain at least one non-empty matcher");
  EXPECT_EQ(ParseMatchers(With("match[]", "up[5m]")).status().code(), StatusCode::kInvalidArgument);
}

TEST(ParamsTest, EscapedLabelNames) {
  const struct {
    const char* escaped;
    const char* name;
  } kCases[] = {
      {"job", "job"},
      {"a__b", "a__b"},
      {"U__job", "job"},
      {"U__http_2e_method", "http.method"},
      {"U__a__b", "a_b"},
      {"U___2e_", "."},
      {"U__gr_F6__DF_e", "größe"},
      {"U___20ac_", "€"},
      {"U___1f600_", "😀"},
      {"U__", ""},
      // Not well-formed: they stand for themselves.
      {"U__a_", "U__a_"},
      {"U__a_2e", "U__a_2e"},
      {"U__a_xy_", "U__a_xy_"},
      {"U__a_d800_", "U__a_d800_"},
      {"U__a_123456_", "U__a_123456_"},
      {"U__a_-1_", "U__a_-1_"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.escaped);
    EXPECT_EQ(UnescapeLabelName(c.escaped), c.name);
  }
}

}  // namespace
}  // namespace tidemark::server
