// What is expected is what Prometheus' otlptranslator 1.0 makes of the same.
#include "server/otlp/name_translation.h"

#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

constexpr Translation kEscaped = {true, true};
constexpr Translation kEscapedPlain = {true, false};
constexpr Translation kQuoted = {false, true};
constexpr Translation kAsSent = {false, false};

TEST(NameTranslationTest, MetricNames) {
  const struct {
    const char* name;
    const char* unit;
    OtlpType type;
    // With suffixes and without; escaped, then with quotes.
    const char* escaped;
    const char* escaped_plain;
    const char* quoted;
  } kCases[] = {
      {"http.server.duration", "s", OtlpType::kHistogram, "http_server_duration_seconds",
       "http_server_duration", "http.server.duration_seconds"},
      {"requests", "{requests}", OtlpType::kCounter, "requests_total", "requests",
       "requests_total"},
      {"requests_total", "1", OtlpType::kCounter, "requests_total", "requests_total",
       "requests_total"},
      {"total_x total", "", OtlpType::kCounter, "x_total", "total_x_total", "total_x_total"},
      {"network.io", "By/s", OtlpType::kGauge, "network_io_bytes_per_second", "network_io",
       "network.io_bytes_per_second"},
      {"memory.usage.bytes", "By", OtlpType::kGauge, "memory_usage_bytes", "memory_usage_bytes",
       "memory.usage.bytes"},
      {"cpu_ratio", "1", OtlpType::kGauge, "cpu_ratio", "cpu_ratio", "cpu_ratio"},
      {"system.cpu.utilization", "1", OtlpType::kGauge, "system_cpu_utilization_ratio",
       "system_cpu_utilization", "system.cpu.utilization_ratio"},
      {"system.cpu.utilization", "1", OtlpType::kUpDownCounter, "system_cpu_utilization",
       "system_cpu_utilization", "system.cpu.utilization"},
      {"1st", "", OtlpType::kGauge, "_1st", "_1st", "1st"},
      {"a__b", "", OtlpType::kSummary, "a_b", "a__b", "a__b"},
      {"foo:bar", "Cel", OtlpType::kGauge, "foo:bar_celsius", "foo:bar", "foo:bar_celsius"},
      {"日本 x", "a b/c_", OtlpType::kGauge, "x_a_b_per_c", "x", "日本 x_a b_per_c_"},
      {".", "s", OtlpType::kGauge, "seconds", nullptr, "._seconds"},
      {".", "", OtlpType::kGauge, nullptr, nullptr, "."},
      {"__", "", OtlpType::kGauge, nullptr, "__", "__"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const std::pair<Translation, const char*> kWant[] = {
        {kEscaped, c.escaped}, {kEscapedPlain, c.escaped_plain}, {kQuoted, c.quoted}};
    for (const auto& [translation, want] : kWant) {
      const auto got = TranslateMetricName(c.name, c.unit, c.type, translation);
      EXPECT_EQ(got.ok(), want != nullptr);
      if (got.ok() && want != nullptr) {
        EXPECT_EQ(*got, want);
      }
    }
    EXPECT_EQ(*TranslateMetricName(c.name, c.unit, c.type, kAsSent), c.name);
  }
  EXPECT_EQ(MessageOf(TranslateMetricName(".", "", OtlpType::kGauge, kEscaped).status()),
            "normalization for metric \".\" resulted in empty name");
}

TEST(NameTranslationTest, Units) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", ""},
      {"s", "seconds"},
      {"1", ""},
      {"%", "percent"},
      {"By/s", "bytes_per_second"},
      {"m/s", "meters_per_second"},
      {"{requests}", ""},
      {"{a}/s", "per_second"},
      {"/s", "per_second"},
      {"/", ""},
      {"KiBy/min", "kibibytes_per_min"},
      {"foo", "foo"},
      {"a b/c_", "a_b_per_c"},
      {"__x__", "x"},
  };
  for (const auto& [unit, want] : kCases) EXPECT_EQ(TranslateUnit(unit), want) << unit;
}

TEST(NameTranslationTest, LabelNames) {
  const struct {
    const char* name;
    const char* escaped;
    bool quoted_ok;
  } kCases[] = {
      {"http.method", "http_method", true},
      {"Ab9", "Ab9", true},
      {"1a", "key_1a", true},
      {"_a", "key_a", true},
      {".a", "key_a", true},
      {"__a__", "__a__", true},
      {"a..b", "a__b", true},
      {"日本", nullptr, true},
      {"___", nullptr, false},
      {"", nullptr, false},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const auto escaped = TranslateLabelName(c.name, kEscaped);
    EXPECT_EQ(escaped.ok(), c.escaped != nullptr);
    if (escaped.ok() && c.escaped != nullptr) {
      EXPECT_EQ(*escaped, c.escaped);
    }
    const auto quoted = TranslateLabelName(c.name, kQuoted);
    EXPECT_EQ(quoted.ok(), c.quoted_ok);
    if (quoted.ok()) {
      EXPECT_EQ(*quoted, c.name);
    }
  }
}

TEST(NameTranslationTest, StrategiesHaveUpstreamsNames) {
  for (const char* name : {"UnderscoreEscapingWithSuffixes", "UnderscoreEscapingWithoutSuffixes",
                           "NoUTF8EscapingWithSuffixes", "NoTranslation"}) {
    const auto translation = ParseTranslation(name);
    ASSERT_TRUE(translation.ok());
    EXPECT_EQ(TranslationName(*translation), name);
  }
  EXPECT_EQ(MessageOf(ParseTranslation("None").status()),
            "not one of UnderscoreEscapingWithSuffixes, UnderscoreEscapingWithoutSuffixes, "
            "NoUTF8EscapingWithSuffixes, NoTranslation: \"None\"");
}

}  // namespace
}  // namespace tidemark::server
