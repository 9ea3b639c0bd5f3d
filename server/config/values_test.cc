#include "server/config/values.h"

#include <gtest/gtest.h>

#include <random>

namespace tidemark::server {
namespace {

TEST(ParseBytes, ReadsUnitsAndRefusesOthers) {
  struct Case {
    std::string_view text;
    int64_t bytes;  // -1: refused
  };
  const Case cases[] = {
      {"0", 0},
      {"512", 512},
      {"512B", 512},
      {"64KiB", 65536},
      {"1.5MiB", 3 << 19},
      {"2GiB", 2LL << 30},
      {"1TiB", 1LL << 40},
      {"5MB", 5'000'000},
      {"2gib", -1},
      {"2 GiB", -1},
      {"GiB", -1},
      {"-1", -1},
      {"", -1},
      {"5%", -1},
      {"99999999TiB", -1},
      {"nan", -1},
      {"0x10", -1},
      {"1e3", 1000},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const StatusOr<uint64_t> got = ParseBytes(c.text);
    ASSERT_EQ(got.ok(), c.bytes >= 0) << got.status();
    if (got.ok()) {
      EXPECT_EQ(*got, static_cast<uint64_t>(c.bytes));
    }
  }
}

TEST(ParseDuration, ReadsUnitsAndRefusesOthers) {
  struct Case {
    std::string_view text;
    int64_t ms;  // -1: refused
  };
  const Case cases[] = {
      {"0", 0},
      {"500ms", 500},
      {"5m", 300'000},
      {"90d", 7'776'000'000},
      {"1h30m", 5'400'000},
      {"5y", 157'680'000'000},
      {"1w2d", 777'600'000},
      {"0s", 0},
      {"5", -1},
      {"5M", -1},
      {"m", -1},
      {"30m1h", -1},
      {"1m1m", -1},
      {"-5m", -1},
      {"1.5h", -1},
      {"", -1},
      {"5 m", -1},
      {"300y", -1},
      {"99999999999999999999s", -1},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const StatusOr<int64_t> got = ParseDuration(c.text);
    ASSERT_EQ(got.ok(), c.ms >= 0) << got.status();
    if (got.ok()) {
      EXPECT_EQ(*got, c.ms);
    }
  }
}

TEST(ParseShare, WantsPercent) {
  EXPECT_DOUBLE_EQ(*ParseShare("5%"), 0.05);
  EXPECT_DOUBLE_EQ(*ParseShare("0.5%"), 0.005);
  EXPECT_DOUBLE_EQ(*ParseShare("0"), 0);
  for (const std::string_view text : {"5", "0.05", "101%", "-1%", "%", ""}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ParseShare(text).ok());
  }
}

TEST(ParseHostPort, ReadsAddresses) {
  struct Case {
    std::string_view text, host;
    int port;  // -1: refused
  };
  const Case cases[] = {
      {"127.0.0.1:9201", "127.0.0.1", 9201},
      {"[::1]:0", "::1", 0},
      {":9201", "", 9201},
      {"localhost:80", "localhost", 80},
      {"127.0.0.1", "", -1},
      {"::1:9201", "", -1},
      {"a:99999", "", -1},
      {"a:", "", -1},
      {"a:b", "", -1},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const StatusOr<HostPort> got = ParseHostPort(c.text);
    ASSERT_EQ(got.ok(), c.port >= 0);
    if (!got.ok()) continue;
    EXPECT_EQ(got->host, c.host);
    EXPECT_EQ(got->port, c.port);
    EXPECT_EQ(PrintHostPort(*got), c.text);
  }
}

TEST(ParseBool, IsStrict) {
  EXPECT_TRUE(*ParseBool("true"));
  EXPECT_FALSE(*ParseBool("false"));
  EXPECT_FALSE(ParseBool("yes").ok());
  EXPECT_EQ(MessageOf(ParseBool("1").status()), "expected true or false, got \"1\"");
}

TEST(ParseCount, TakesDigitsOnly) {
  EXPECT_EQ(*ParseCount("500000000"), 500'000'000u);
  for (const std::string_view text : {"", "-1", "1.5", "1e3", "1k", "18446744073709551616"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ParseCount(text).ok());
  }
}

TEST(Values, WhatIsPrintedReadsBack) {
  std::mt19937_64 random(9);
  for (int i = 0; i < 2000; ++i) {
    const uint64_t bytes = random() >> (14 + random() % 40);
    EXPECT_EQ(*ParseBytes(PrintBytes(bytes)), bytes);
    const int64_t ms = static_cast<int64_t>(random() >> (22 + random() % 40));
    EXPECT_EQ(*ParseDuration(PrintDuration(ms)), ms);
  }
  EXPECT_EQ(PrintBytes(2ULL << 30), "2GiB");
  EXPECT_EQ(PrintDuration(90LL * 86'400'000), "90d");
  EXPECT_EQ(PrintDuration(5'400'000), "1h30m");
  EXPECT_EQ(PrintShare(0.05), "5%");
}

}  // namespace
}  // namespace tidemark::server
