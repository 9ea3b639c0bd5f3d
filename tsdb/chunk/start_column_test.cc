#include "tsdb/chunk/start_column.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace tidemark::tsdb {
namespace {

constexpr int64_t kT = 1'767'225'600'000;

struct Started {
  int64_t t;
  int64_t start;
};

std::string Write(const std::vector<Started>& samples) {
  StartWriter writer;
  for (uint32_t i = 0; i < samples.size(); ++i) {
    if (samples[i].start != 0) writer.Add(i, samples[i].t, samples[i].start);
  }
  return writer.Finish();
}

std::vector<int64_t> Read(std::string_view column, const std::vector<Started>& samples) {
  StartReader reader(column);
  std::vector<int64_t> starts;
  for (const Started& sample : samples) starts.push_back(reader.Next(sample.t));
  EXPECT_TRUE(reader.ok());
  return starts;
}

std::vector<int64_t> StartsOf(const std::vector<Started>& samples) {
  std::vector<int64_t> starts;
  for (const Started& sample : samples) starts.push_back(sample.start);
  return starts;
}

TEST(StartColumnTest, UsualStartsAreAFewBytes) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  std::vector<Started> none, counter, delta, restarts, late;
  for (int64_t i = 0; i < 1000; ++i) {
    const int64_t t = kT + i * 15000 + i % 7;
    none.push_back({t, 0});
    counter.push_back({t, kT - 86'400'000});
    delta.push_back({t, i == 0 ? t - 15000 : delta.back().t});
    restarts.push_back({t, kT + i / 100 * 1'500'000});
    late.push_back({t, i < 900 ? 0 : kT});
  }
  const struct {
    const char* name;
    std::vector<Started> samples;
    size_t most_bytes;
  } cases[] = {
      {"nothing", {}, 0},
      {"none known", none, 0},
      {"one counter", counter, 8},
      {"delta temporality", delta, 10},
      {"ten restarts", restarts, 64},
      {"known from some time on", late, 10},
      {"extremes", {{kMin, kMin}, {-1, kMax}, {0, -1}, {1, 0}, {kMax, kMin}}, 60},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string column = Write(c.samples);
    EXPECT_LE(column.size(), c.most_bytes);
    EXPECT_EQ(Read(column, c.samples), StartsOf(c.samples));
  }
}

TEST(StartColumnTest, RandomStartsComeBack) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    std::vector<Started> samples;
    int64_t t = kT;
    int64_t start = static_cast<int64_t>(random());
    for (size_t n = random() % 60; n > 0; --n) {
      const int64_t before = t;
      t += 1 + static_cast<int64_t>(random() % 30'000);
      switch (random() % 6) {
        case 0:
          start = 0;
          break;
        case 1:
          start = static_cast<int64_t>(random());
          break;
        case 2:
          start = before;
          break;
        default:
          break;
      }
      samples.push_back({t, start});
    }
    EXPECT_EQ(Read(Write(samples), samples), StartsOf(samples));
  }
}

TEST(StartColumnTest, DamagedBytesShowAndEnd) {
  const std::vector<Started> samples = {{kT, 5}, {kT + 1, 5}, {kT + 2, 0}, {kT + 3, 7}};
  const std::string good = Write(samples);
  // Two samples of 5, one without, one of 7.
  EXPECT_EQ(good, std::string("\x09\x0a\x04\x05\x04", 5));
  for (const std::string& bad : {good.substr(0, 1), good.substr(0, 4), good.substr(0, 3) + "\x07",
                                 good.substr(0, 2) + '\0', std::string("\xff\xff")}) {
    StartReader reader(bad);
    int64_t last = 0;
    for (const Started& sample : samples) last = reader.Next(sample.t);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(last, 0);
  }
}

}  // namespace
}  // namespace tidemark::tsdb
