#include <gtest/gtest.h>

#include "server/exposition/exposition.h"

namespace tidemark::server {
namespace {

constexpr Format kText{Format::Kind::kText, false, false};
constexpr Format kTextUtf8{Format::Kind::kText, true, false};
constexpr Format kOpenMetrics{Format::Kind::kOpenMetrics, false, false};
constexpr Format kOpenMetricsUtf8{Format::Kind::kOpenMetrics, true, false};
constexpr Format kProtobuf{Format::Kind::kProtobuf, false, false};
constexpr Format kProtobufUtf8{Format::Kind::kProtobuf, true, false};

#define DELIMITED \
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

TEST(NegotiateTest, PicksWhatTheScraperLikesBest) {
  const struct {
    const char* name;
    const char* accept;
    Format want;
  } kCases[] = {
      {"no header", "", kText},
      {"a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", kText},
      {"curl", "*/*", kText},
      {"nothing of ours", "image/png", kText},

      {"Prometheus 2.42",
       "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
       "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       kOpenMetrics},
      {"Prometheus 2.42, native histograms",
       DELIMITED ",application/openmetrics-text;version=1.0.0;q=0.8,"
                 "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,"
                 "*/*;q=0.1",
       kProtobuf},
      {"Prometheus 3",
       "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "application/openmetrics-text;version=0.0.1;q=0.5,"
       "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,"
       "*/*;q=0.2",
       kOpenMetricsUtf8},
      {"Prometheus 3, native histograms",
       DELIMITED ";q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                 "application/openmetrics-text;version=0.0.1;q=0.4,"
                 "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
                 "text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
       kProtobuf},
      {"Prometheus 3, scrape_protocols: [PrometheusText1.0.0]",
       "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.5", kTextUtf8},

      {"the first of equals", "text/plain, application/openmetrics-text", kText},
      {"q beats order", "text/plain;q=0.2,application/openmetrics-text;q=0.3", kOpenMetrics},
      {"q=0 refuses", "application/openmetrics-text;q=0", kText},
      {"q is no number", "application/openmetrics-text;q=most,text/plain;q=0.9", kOpenMetrics},
      {"q is not a number", "application/openmetrics-text;q=nan,text/plain;q=0.9", kText},
      {"blanks, case and quotes",
       " Application/OpenMetrics-Text ; Version = \"1.0.0\" ;\tQ=0.9 , text/plain;q=0.1",
       kOpenMetrics},
      {"escaping of protobuf", DELIMITED ";escaping=allow-utf-8", kProtobufUtf8},
      {"escaping that is not ours",
       "application/openmetrics-text;version=1.0.0;escaping=underscores", kOpenMetrics},
      {"OpenMetrics of an unknown version", "application/openmetrics-text;version=2.0.0", kText},
      {"another message",
       "application/vnd.google.protobuf;proto=io.prometheus.write.v2.Request;encoding=delimited",
       kText},
      {"another encoding",
       "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
       kText},
      {"only separators", ",;=,;;q,=;", kText},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const Format got = Negotiate(c.accept);
    EXPECT_EQ(ContentType(got), ContentType(c.want));
    EXPECT_EQ(got, c.want);
  }
}

TEST(NegotiateTest, ContentTypes) {
  const struct {
    Format format;
    const char* want;
  } kCases[] = {
      {kText, "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"},
      {kTextUtf8, "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8"},
      {kOpenMetrics,
       "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"},
      {kProtobuf,
       "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
       "encoding=delimited; escaping=underscores"},
  };
  for (const auto& c : kCases) EXPECT_EQ(ContentType(c.format), c.want);
}

}  // namespace
}  // namespace tidemark::server
