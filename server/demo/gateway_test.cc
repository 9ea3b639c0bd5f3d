#include "server/demo/gateway.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

namespace tidemark::server {
namespace {

namespace client = io::prometheus::client;

constexpr int64_t kStartMs = 1'767'268'800'500;  // 2026-01-01T12:00:00.5Z

std::map<std::string, client::MetricFamily> ByName(Gateway& gateway) {
  std::map<std::string, client::MetricFamily> families;
  std::string last;
  for (client::MetricFamily& family : gateway.Collect()) {
    EXPECT_LT(last, family.name());
    last = family.name();
    families[family.name()] = std::move(family);
  }
  return families;
}

// The labels that requests and durations share, as one string.
std::string StreamOf(const client::Metric& metric) {
  std::string key;
  for (const auto& label : metric.label()) {
    if (label.name() != "status_code_family") key += label.name() + "=" + label.value() + ",";
  }
  return key;
}

uint64_t NativeCount(const client::Histogram& histogram) {
  int64_t bucket = 0, sum = 0;
  for (const int64_t delta : histogram.positive_delta()) {
    bucket += delta;
    EXPECT_GE(bucket, 0);
    sum += bucket;
  }
  return static_cast<uint64_t>(sum) + histogram.zero_count();
}

TEST(GatewayTest, EverySeriesIsThereFromTheStart) {
  const FakeClock clock(kStartMs);
  Gateway gateway({}, clock);
  const auto families = ByName(gateway);
  const struct {
    const char* name;
    client::MetricType type;
    int metrics;
  } kCases[] = {
      {"card_auth_build_info", client::GAUGE, 1},
      {"card_auth_in_flight_requests", client::GAUGE, 5 * 4},
      {"card_auth_latency_seconds", client::HISTOGRAM, 5 * 4 * 3},
      {"card_auth_request_duration_seconds", client::HISTOGRAM, 5 * 4 * 3},
      {"card_auth_requests_total", client::COUNTER, 5 * 4 * 3 * 3},
      {"process_start_time_seconds", client::GAUGE, 1},
  };
  ASSERT_EQ(families.size(), std::size(kCases));
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    const client::MetricFamily& family = families.at(c.name);
    EXPECT_EQ(family.type(), c.type);
    EXPECT_EQ(family.metric_size(), c.metrics);
    EXPECT_FALSE(family.help().empty());
    std::string last;
    for (const client::Metric& metric : family.metric()) {
      std::string labels = "{";
      for (const auto& label : metric.label()) labels += label.name() + "=" + label.value() + ",";
      EXPECT_LT(last, labels);
      last = labels;
      EXPECT_EQ(metric.counter().value(), 0);
      EXPECT_EQ(metric.histogram().sample_count(), 0u);
    }
  }
  EXPECT_EQ(families.at("process_start_time_seconds").metric(0).gauge().value(), 1767268800.5);
}

TEST(GatewayTest, CountersAndHistogramsAgree) {
  FakeClock clock(kStartMs);
  Gateway gateway({}, clock);
  for (int scrape = 0; scrape < 20; ++scrape) {
    clock.Advance(15'000);
    const auto families = ByName(gateway);
    std::map<std::string, double> requests;
    for (const auto& metric : families.at("card_auth_requests_total").metric()) {
      requests[StreamOf(metric)] += metric.counter().value();
    }
    const auto& both = families.at("card_auth_request_duration_seconds");
    const auto& native = families.at("card_auth_latency_seconds");
    for (int i = 0; i < both.metric_size(); ++i) {
      const client::Histogram& b = both.metric(i).histogram();
      const client::Histogram& n = native.metric(i).histogram();
      EXPECT_EQ(static_cast<double>(b.sample_count()), requests.at(StreamOf(both.metric(i))));
      EXPECT_EQ(b.sample_count(), NativeCount(b));
      EXPECT_EQ(n.sample_count(), NativeCount(n));
      EXPECT_EQ(n.sample_count(), b.sample_count());
      EXPECT_EQ(n.bucket_size(), 0);
      ASSERT_GE(b.bucket_size(), 11);
      uint64_t below = 0;
      for (const auto& bucket : b.bucket()) {
        EXPECT_GE(bucket.cumulative_count(), below);
        below = bucket.cumulative_count();
      }
      EXPECT_LE(below, b.sample_count());
    }
  }
}

TEST(GatewayTest, CountersNeverGoDown) {
  FakeClock clock(kStartMs);
  Gateway gateway({}, clock);
  std::map<std::string, double> last;
  for (int scrape = 0; scrape < 30; ++scrape) {
    clock.Advance(1'000);
    const auto families = ByName(gateway);
    for (const auto& metric : families.at("card_auth_requests_total").metric()) {
      double& before = last[StreamOf(metric) + metric.label(3).value()];
      EXPECT_GE(metric.counter().value(), before);
      before = metric.counter().value();
    }
  }
  EXPECT_EQ(last.size(), 180u);
}

TEST(GatewayTest, ManyMayScrapeAtOnce) {
  FakeClock clock(kStartMs);
  Gateway gateway({}, clock);
  std::vector<std::thread> scrapers;
  for (int i = 0; i < 3; ++i) {
    scrapers.emplace_back([&] {
      uint64_t last = 0;
      for (int scrape = 0; scrape < 10; ++scrape) {
        clock.Advance(1'000);
        const auto families = ByName(gateway);
        uint64_t count = 0;
        for (const auto& metric : families.at("card_auth_latency_seconds").metric()) {
          count += metric.histogram().sample_count();
        }
        EXPECT_GT(count, last);
        last = count;
      }
    });
  }
  for (std::thread& scraper : scrapers) scraper.join();
}

TEST(GatewayTest, SaysWhenAnIncidentGoesOn) {
  FakeClock clock(kStartMs);
  const SimulationOptions options;
  Gateway gateway(options, clock);
  const IncidentPlan plan(options.seed, options.incident_every_ms);
  int seen = 0;
  for (int minute = 0; minute < 60; ++minute) {
    clock.Advance(60'000);
    const bool want = plan.At(clock.NowMs() / 1000 * 1000).has_value();
    EXPECT_EQ(gateway.CurrentIncident().has_value(), want);
    seen += want;
  }
  EXPECT_GT(seen, 3);
}

}  // namespace
}  // namespace tidemark::server
