#include "server/exposition/exposition.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tidemark::server {
namespace {

using google::protobuf::util::MessageDifferencer;
using io::prometheus::client::MetricFamily;

constexpr Format kText{Format::Kind::kText, false, false};
constexpr Format kTextUtf8{Format::Kind::kText, true, false};
constexpr Format kOpenMetrics{Format::Kind::kOpenMetrics, false, false};
constexpr Format kOpenMetricsCreated{Format::Kind::kOpenMetrics, false, true};
constexpr Format kProtobuf{Format::Kind::kProtobuf, false, false};

MetricFamily Parse(const std::string& proto) {
  MetricFamily family;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(proto, &family)) << proto;
  return family;
}

std::string Page(const std::vector<MetricFamily>& families, Format format) {
  std::string out;
  Encode(families, format, &out);
  return out;
}

constexpr char kCounter[] = R"pb(
  name: "auth_total"
  help: "Card \"auths\"\nby tier, C:\\."
  type: COUNTER
  metric {
    label { name: "tier" value: "a\\b\"c\nd" }
    counter {
      value: 1234567
      exemplar {
        label { name: "trace_id" value: "f00d" }
        label { name: "span_id" value: "1" }
        value: 1
        timestamp { seconds: 1700000000 nanos: 250000000 }
      }
      start_timestamp { seconds: 1600000000 nanos: 500000000 }
    }
  }
  metric {
    counter { value: 0.5 }
    timestamp_ms: 1700000000123
  })pb";

constexpr char kHistogram[] = R"pb(
  name: "auth_seconds"
  help: "Durations."
  type: HISTOGRAM
  unit: "seconds"
  metric {
    label { name: "region" value: "eu" }
    histogram {
      sample_count: 2000000
      sample_sum: 3.5
      bucket { cumulative_count: 1 upper_bound: 0.25 }
      bucket {
        cumulative_count: 1500000
        upper_bound: 1
        exemplar {
          label { name: "trace_id" value: "ab" }
          value: 0.75
        }
      }
      schema: 3
      zero_threshold: 2.938735877055719e-39
      positive_span { offset: -15 length: 2 }
      positive_delta: 1500000
      positive_delta: -1000000
      start_timestamp { seconds: 1600000000 }
    }
  })pb";

TEST(ExpositionTest, Text) {
  const struct {
    const char* name;
    const char* family;
    const char* want;
  } kCases[] = {
      {"counter", kCounter,
       R"(# HELP auth_total Card "auths"\nby tier, C:\\.
# TYPE auth_total counter
auth_total{tier="a\\b\"c\nd"} 1.234567e+06
auth_total 0.5 1700000000123
)"},
      {"classic buckets of a histogram that has both", kHistogram,
       R"(# HELP auth_seconds Durations.
# TYPE auth_seconds histogram
auth_seconds_bucket{region="eu",le="0.25"} 1
auth_seconds_bucket{region="eu",le="1"} 1.5e+06
auth_seconds_bucket{region="eu",le="+Inf"} 2e+06
auth_seconds_sum{region="eu"} 3.5
auth_seconds_count{region="eu"} 2e+06
)"},
      {"native only",
       R"pb(name: "n"
            type: HISTOGRAM
            metric {
              histogram {
                sample_count: 2
                sample_sum: 1
                schema: 3
                positive_span { length: 1 }
                positive_delta: 2
              }
            })pb",
       R"(# TYPE n histogram
n_bucket{le="+Inf"} 2
n_sum 1
n_count 2
)"},
      {"+Inf given, float counts",
       R"pb(name: "f"
            type: HISTOGRAM
            metric {
              histogram {
                sample_count_float: 2.5
                sample_sum: nan
                bucket { upper_bound: 1 cumulative_count_float: 1.25 }
                bucket { upper_bound: inf cumulative_count_float: 2.5 }
              }
            })pb",
       R"(# TYPE f histogram
f_bucket{le="1"} 1.25
f_bucket{le="+Inf"} 2.5
f_sum NaN
f_count 2.5
)"},
      {"summary",
       R"pb(name: "s"
            type: SUMMARY
            metric {
              label { name: "a" value: "" }
              summary {
                sample_count: 3
                sample_sum: 0.5
                quantile { quantile: 0.99 value: nan }
              }
            })pb",
       R"(# TYPE s summary
s{a="",quantile="0.99"} NaN
s_sum{a=""} 0.5
s_count{a=""} 3
)"},
      {"gauge", R"pb(name: "g"
                     type: GAUGE
                     metric { gauge { value: -inf } })pb",
       "# TYPE g gauge\ng -Inf\n"},
      {"untyped", R"pb(name: "u"
                       type: UNTYPED
                       metric { untyped { value: 3 } })pb",
       "# TYPE u untyped\nu 3\n"},
      {"gauge histogram", R"pb(name: "h"
                               type: GAUGE_HISTOGRAM
                               metric { histogram { sample_count: 1 } })pb",
       "# TYPE h untyped\nh_bucket{le=\"+Inf\"} 1\nh_sum 0\nh_count 1\n"},
      {"other names, underscored",
       R"pb(name: "a.b"
            help: "H."
            type: GAUGE
            metric {
              label { name: "c.d" value: "x" }
              gauge { value: 1 }
            })pb",
       "# HELP a_b H.\n# TYPE a_b gauge\na_b{c_d=\"x\"} 1\n"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Page({Parse(c.family)}, kText), c.want);
  }
}

TEST(ExpositionTest, OpenMetrics) {
  const struct {
    const char* name;
    const char* family;
    Format format;
    const char* want;
  } kCases[] = {
      {"counter", kCounter, kOpenMetrics,
       R"(# HELP auth Card \"auths\"\nby tier, C:\\.
# TYPE auth counter
auth_total{tier="a\\b\"c\nd"} 1.234567e+06 # {trace_id="f00d",span_id="1"} 1.0 1.70000000025e+09
auth_total 0.5 1.700000000123e+09
# EOF
)"},
      {"histogram and its start", kHistogram, kOpenMetricsCreated,
       R"(# HELP auth_seconds Durations.
# TYPE auth_seconds histogram
# UNIT auth_seconds seconds
auth_seconds_bucket{region="eu",le="0.25"} 1
auth_seconds_bucket{region="eu",le="1.0"} 1500000 # {trace_id="ab"} 0.75
auth_seconds_bucket{region="eu",le="+Inf"} 2000000
auth_seconds_sum{region="eu"} 3.5
auth_seconds_count{region="eu"} 2000000
auth_seconds_created{region="eu"} 1.6e+09
# EOF
)"},
      {"start of a counter", R"pb(name: "c_total"
                                  metric {
                                    counter {
                                      value: 2
                                      start_timestamp { seconds: 5 }
                                    }
                                  })pb",
       kOpenMetricsCreated, "# TYPE c counter\nc_total 2.0\nc_created 5.0\n# EOF\n"},
      {"counter without _total", R"pb(name: "c"
                                      metric {
                                        counter {
                                          value: 2
                                          start_timestamp { seconds: 5 }
                                        }
                                      })pb",
       kOpenMetricsCreated, "# TYPE c unknown\nc 2.0\n# EOF\n"},
      {"unit of another name", R"pb(name: "g"
                                    type: GAUGE
                                    unit: "bytes"
                                    metric { gauge {} })pb",
       kOpenMetrics, "# TYPE g gauge\ng 0.0\n# EOF\n"},
      {"unit before _total", R"pb(name: "io_bytes_total"
                                  unit: "bytes"
                                  metric { counter { value: 1 } })pb",
       kOpenMetrics, "# TYPE io_bytes counter\n# UNIT io_bytes bytes\nio_bytes_total 1.0\n# EOF\n"},
      {"untyped", R"pb(name: "u"
                       type: UNTYPED
                       metric { untyped { value: 3 } })pb",
       kOpenMetrics, "# TYPE u unknown\nu 3.0\n# EOF\n"},
      {"summary",
       R"pb(name: "s"
            type: SUMMARY
            metric {
              summary {
                sample_count: 3
                sample_sum: 2
                quantile { quantile: 1 value: 4 }
                start_timestamp { seconds: 7 }
              }
            })pb",
       kOpenMetricsCreated,
       "# TYPE s summary\ns{quantile=\"1.0\"} 4.0\ns_sum 2.0\ns_count 3\ns_created 7.0\n# EOF\n"},
      {"gauge histogram", R"pb(name: "h"
                               type: GAUGE_HISTOGRAM
                               metric { histogram { sample_count: 1 } })pb",
       kOpenMetrics,
       "# TYPE h gaugehistogram\nh_bucket{le=\"+Inf\"} 1\nh_gsum 0.0\nh_gcount 1\n# EOF\n"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Page({Parse(c.family)}, c.format), c.want);
  }
  EXPECT_EQ(Page({}, kOpenMetrics), "# EOF\n");
}

TEST(ExpositionTest, OtherNamesGoInQuotesToWhoAllowsThem) {
  const MetricFamily family = Parse(R"pb(
    name: "a.b\""
    help: "H."
    type: SUMMARY
    metric { summary { quantile { quantile: 0.5 value: 1 } } }
    metric {
      label { name: "c.d" value: "x" }
      label { name: "e" value: "y" }
      summary {}
    })pb");
  EXPECT_EQ(Page({family}, kTextUtf8), R"(# HELP "a.b\"" H.
# TYPE "a.b\"" summary
{"a.b\"",quantile="0.5"} 1
{"a.b\"_sum"} 0
{"a.b\"_count"} 0
{"a.b\"_sum","c.d"="x",e="y"} 0
{"a.b\"_count","c.d"="x",e="y"} 0
)");
}

TEST(ExpositionTest, ProtobufReadsBackMessageByMessage) {
  const std::vector<MetricFamily> families = {Parse(kCounter), Parse(kHistogram)};
  const std::string page = Page(families, kProtobuf);
  google::protobuf::io::ArrayInputStream stream(page.data(), static_cast<int>(page.size()));
  for (const MetricFamily& want : families) {
    MetricFamily got;
    ASSERT_TRUE(google::protobuf::util::ParseDelimitedFromZeroCopyStream(&got, &stream, nullptr));
    EXPECT_TRUE(MessageDifferencer::Equals(got, want)) << got.DebugString();
  }
  bool clean_end = false;
  MetricFamily none;
  EXPECT_FALSE(
      google::protobuf::util::ParseDelimitedFromZeroCopyStream(&none, &stream, &clean_end));
  EXPECT_TRUE(clean_end);
}

// Field numbers and types are upstream's: written by hand from its schema.
TEST(ExpositionTest, ProtobufBytesAreUpstreams) {
  const MetricFamily family = Parse(R"pb(
    name: "n"
    type: HISTOGRAM
    metric {
      histogram {
        sample_count: 3
        schema: 3
        positive_span { offset: -1 length: 2 }
        positive_delta: 2
        positive_delta: -1
      }
    })pb");
  const std::string histogram("\x08\x03\x28\x06\x62\x04\x08\x01\x10\x02\x6a\x02\x04\x01", 14);
  const std::string metric = "\x3a\x0e" + histogram;
  EXPECT_EQ(Page({family}, kProtobuf), "\x17\x0a\x01n\x18\x04\x22\x10" + metric);
}

TEST(ExpositionTest, AppendsToWhatIsThere) {
  std::string out = "# before\n";
  Encode({}, kOpenMetrics, &out);
  EXPECT_EQ(out, "# before\n# EOF\n");
}

}  // namespace
}  // namespace tidemark::server
